"""Whether a text speaks well or badly: words of praise and blame, turned round by a negation before them."""

from dataclasses import dataclass
from typing import Literal

from agents.creator.words import words

_PRAISE = """
    good great excellent amazing love loves loved like perfect awesome best better beautiful bright
    brilliant calm clean comfortable easy enjoy fair fresh friendly fun gentle happy helpful hope
    joy kind lovely proud reliable safe simple smart strong trust warm welcome win wonderful
"""
_BLAME = """
    bad terrible awful hate hates hated dislike poor worst horrible worse afraid angry boring broken
    cheap cold crisis cruel danger dangerous dark difficult dirty dull fail fails failed failure
    fear hard harsh hurt lonely lose loss pain problem sad scared sick slow ugly unsafe weak worry
    wrong
"""
_NEGATION = "not never no nobody without isn't aren't wasn't don't doesn't didn't can't won't hardly"
POSITIVE, NEGATIVE = frozenset(_PRAISE.split()), frozenset(_BLAME.split())
_NEGATIONS = frozenset(_NEGATION.split())
_MILD = 0.2


@dataclass(frozen=True, slots=True)
class Tone:
    """The balance -1..1 of praise and blame, with the words it rests on."""

    label: Literal["positive", "neutral", "negative"]
    score: float
    positive: list[str]
    negative: list[str]


def tone(text: str) -> Tone:
    """Weigh a text: (praise - blame) / (praise + blame), 0 where neither is found."""
    plain = [word.lower().replace("’", "'") for word in words(text)]
    praise: list[str] = []
    blame: list[str] = []
    for number, word in enumerate(plain):
        if word not in POSITIVE and word not in NEGATIVE:
            continue
        negated = bool(_NEGATIONS.intersection(plain[max(0, number - 2) : number]))
        (praise if (word in POSITIVE) != negated else blame).append(word)
    count = len(praise) + len(blame)
    score = round((len(praise) - len(blame)) / count, 2) if count else 0.0
    label: Literal["positive", "neutral", "negative"] = "neutral"
    if abs(score) > _MILD:
        label = "positive" if score > 0 else "negative"
    return Tone(label, score, praise, blame)

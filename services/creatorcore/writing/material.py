"""The words a text is written with: topic, goal, details, all of them from the request."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.creatorcore.writing.grammar import aim, head, is_plural, mentioned_again, named, title
from services.creatorcore.writing.lexicon import ORDERS
from services.creatorcore.writing.pen import Pen
from services.creatorcore.writing.picks import Picks
from services.creatorcore.writing.request import EDGES, shortened
from services.creatorcore.writing.words import phrases, sentences, tidy, words

_NAMES = ("Mira", "Tomas", "Leila", "Jonas", "Asha", "Ilya", "Nuria", "Kofi", "Hana", "Mateo", "Yara", "Emil")
# What can be said of everything, where the request gives no details of its own.
_ASPECTS = (
    "the idea behind {it}",
    "the talk about {it}",
    "the first day with {it}",
    "the work behind {it}",
    "the promise of {it}",
    "the price of {it}",
    "the doubt about {it}",
    "the quiet side of {it}",
)
_DETAILS = 4
_MOST_STATEMENT_WORDS = 32
_MOST_STATEMENTS = 6
_ANALYSED = 20_000


@dataclass(frozen=True, slots=True)
class Material:
    """The pen with its slots, and the request's own statements, word for word."""

    pen: Pen
    statements: Sequence[str]


def material(topic: str, goal: str | None, source: str, borrowing: str | None, picks: Picks) -> Material:
    """Return what a text about the topic can be written with."""
    short = shortened(topic, source)
    many = is_plural(short)
    it = "them" if many else "it"
    details = _details(short, source, it, picks)
    slots = {
        "topic": named(short),
        "bare": short,
        "title": title(short),
        "full": topic if short != topic.strip(EDGES) else None,
        "aim": aim(goal) if goal and words(goal) else None,
        "borrowed": borrowing,
        "name": picks.one(_NAMES),
        "it": it,
        "they": "they" if many else "it",
        "is": "are" if many else "is",
        "was": "were" if many else "was",
        "has": "have" if many else "has",
        "does": "do" if many else "does",
        **dict(zip("abcd", details, strict=True)),
    }
    return Material(Pen(slots, picks, later={"topic": mentioned_again(short)}), statements(source))


def statements(source: str) -> list[str]:
    """Return the sentences of a request that state something, as they stand; orders and questions do not."""
    said = [tidy(sentence) for sentence in sentences(source[:_ANALYSED])[1:]]
    return [sentence for sentence in said if _states(sentence)][:_MOST_STATEMENTS]


def _states(sentence: str) -> bool:
    found = words(sentence)
    if not found or sentence.endswith(("?", "？", "؟", ":")):
        return False
    return found[0].casefold() not in ORDERS and len(found) <= _MOST_STATEMENT_WORDS


def _details(topic: str, source: str, it: str, picks: Picks) -> list[str]:
    found = phrases(source[:_ANALYSED], _DETAILS, without=[topic])
    inside = [phrase for phrase in phrases(topic, 2) if head(phrase) != head(topic) and phrase != topic]
    given = [named(phrase) for phrase in dict.fromkeys([*found, *inside])][:_DETAILS]
    start = picks.one(range(len(_ASPECTS)))
    aspects = [_ASPECTS[(start + step) % len(_ASPECTS)].format(it=it) for step in range(_DETAILS)]
    return [*given, *aspects][:_DETAILS]

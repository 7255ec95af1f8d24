"""The little English grammar that sentences with foreign parts need."""

import re

from services.creatorcore.writing.lexicon import DETERMINERS, GOAL_VERBS, PREPOSITIONS, STOP_WORDS, UNCOUNTED

_UNCOUNTED_ENDINGS = (
    "ness",
    "ism",
    "ics",
    "ology",
    "ography",
    "synthesis",
    "hood",
    "ship",
    "ing",
    "ance",
    "ence",
)
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f]")


_QUESTION = re.compile(
    r"^(?:how|why|what|when|where|who)\s(?:do|does|did|is|are|was|were|can|could|should|will|would|has|have)\s",
    re.IGNORECASE,
)


def head(phrase: str) -> str:
    """Return the noun on which a phrase hangs: the last word before its first preposition."""
    last = ""
    for position, word in enumerate(phrase.split()):
        if position and word.casefold() in PREPOSITIONS:
            break
        last = word
    return last.strip(".,;:!?'’\"").casefold()


def is_plural(phrase: str) -> bool:
    """Guess whether a phrase names several things."""
    first, noun = phrase.split()[0].casefold() if phrase.split() else "", head(phrase)
    if first in {"a", "an", "this", "that", "each", "every", "how", "why", "what"}:
        return False
    if first in {"these", "those", "many", "few", "several", "both"} or " and " in f" {phrase} ".casefold():
        return True
    singular = noun.endswith(("ss", "us", "is", "ics")) or noun in UNCOUNTED
    return noun.endswith("s") and not singular and not phrase[:1].isupper()


def named(phrase: str) -> str:
    """Return a phrase as a sentence takes it: with an article where English asks for one."""
    if _QUESTION.match(phrase):
        return f"the question “{phrase}?”"
    first = phrase.split()[0] if phrase.split() else ""
    noun = head(phrase)
    bare = (
        not _LATIN.match(first)
        or first.casefold() in DETERMINERS
        or first != first.casefold()
        or is_plural(phrase)
        or noun in UNCOUNTED
        or noun.endswith(_UNCOUNTED_ENDINGS)
    )
    return phrase if bare else f"the {phrase}"


def mentioned_again(phrase: str) -> str:
    """Return a phrase as it is called once it is known: ``a keeper who finds a map`` is then the keeper."""
    if _QUESTION.match(phrase):
        return "the question"
    plain = re.split(r"[,;:(、，；：（]", phrase)[0].strip() or phrase
    parts = plain.split()
    if parts[0].casefold() in {"how", "why", "what", "when", "where", "who", "whether"}:
        return plain
    end = next(
        (at for at, word in enumerate(parts) if at > 1 and word.casefold() in PREPOSITIONS), len(parts)
    )
    if end == len(parts) > 3 and parts[0].casefold() in {"a", "an"}:
        # "a robot dancing": what it does is known by now.
        end = next((at for at, word in enumerate(parts) if at > 1 and word.endswith("ing")), end)
    kept = parts[1:end] if parts[0].casefold() in {"a", "an"} else parts[:end]
    called = " ".join(kept)
    return f"the {called}" if len(kept) < len(parts[:end]) else named(called)


def aim(goal: str) -> str:
    """Return a goal as the end of a sentence: ``to sell`` for a deed, ``for awareness`` for a thing."""
    plain = goal.strip().rstrip(".!?")
    first = plain.split()[0].casefold() if plain.split() else ""
    if first in {"to", "for", "so"}:
        return plain[0].lower() + plain[1:]
    if first in GOAL_VERBS:
        return f"to {plain[0].lower()}{plain[1:]}"
    return f"for {plain}"


def capital(text: str) -> str:
    """Return a text with a capital first letter, except for a name written like iPhone."""
    return text if text[1:2].isupper() else text[:1].upper() + text[1:]


def title(phrase: str) -> str:
    """Return a phrase in the spelling of English titles."""
    parts = phrase.split()
    return " ".join(
        word if position and word.casefold() in STOP_WORDS else capital(word)
        for position, word in enumerate(parts)
    )

"""Finds what a text defines ("X is the process by which …") and which figures it states."""

import re
from dataclasses import dataclass

from agents.education.function_words import NEVER_IN_TERMS, POINTERS
from agents.education.sentences import flat
from agents.education.words import comparable, is_unspaced, size, words

# Longer sentences hold too many thoughts for one definition.
LONGEST = 400
_MOST_TERM_WORDS = 4
_FEWEST_MEANING_WORDS = 3

_TERM = r"(?P<term>\w[^,;:.!?()«»\"“”—–।؟]{0,60}?)"
_HAN_TERM = r"(?P<term>[\w・ー]{2,14}?)"
_MEANING = r"(?P<meaning>.+?)"
_STOP = r"[.!?…。！？।॥؟۔\s]*"
_LINKS = (
    # English; without an article only with a clause that tells the thing from others.
    r"(?:is|are) (?=(?:an?|the|any|one of|what) )",
    r"(?:is|are) (?=[^,;]+ (?:that|which|who|whose|where|used|made) )",
    r"(?:means|refers to|is defined as|are defined as|stands for|denotes) ",
    # German, Dutch, French, Spanish, Italian, Portuguese: a copula with an article.
    r"(?:ist|sind) (?=(?:ein|eine|einer|eines|der|die|das) )",
    r"(?:is|zijn) (?=(?:een|de|het) )",
    r"(?:est|sont) (?=(?:une?|le|la|les|des) |l['’])",
    r"(?:es|son) (?=(?:una?|unos|unas|el|la|los|las) )",
    r"(?:è|sono) (?=(?:una?|uno|il|lo|la|i|gli|le) |(?:un|l)['’])",
    r"(?:é|são) (?=(?:uma?|uns|umas|os?|as?) )",
    r"(?:bedeutet|bezeichnet|betekent|signifie|désigne|significa|является|являются|означает) ",
    # Russian and its neighbours, and glossaries in any language: a dash.
    r"[—–] (?:(?:это|це|гэта) )?",
    # Arabic, Hebrew.
    r"(?:هو|هي|هم|تعني|يعني) ",
    r"(?:הוא|היא|הם|הן) ",
    # Hindi and others in Devanagari: the verb ends the sentence or the main clause.
    r"(?=(?:एक|वह|वे|वो) .*(?:है|हैं|आहे))",
)
_FORMS = (
    *(re.compile(rf"{_TERM} {link}{_MEANING}{_STOP}\Z", re.IGNORECASE) for link in _LINKS),
    # Chinese, Japanese, Korean.
    re.compile(rf"{_HAN_TERM}(?:是指|指的是|就是|是)(?![否不]){_MEANING}{_STOP}\Z"),
    re.compile(rf"{_HAN_TERM}とは、?{_MEANING}(?:のこと)?(?:である|です|だ|をいう)?{_STOP}\Z"),
    re.compile(rf"{_HAN_TERM}は、?(?P<meaning>.+?)(?:である|です|だ)[。\s]*\Z"),
    re.compile(rf"(?P<term>[\w ]{{2,24}}?)(?:이란|란|은|는) {_MEANING}(?:이다|입니다|이에요)[.\s]*\Z"),
)
_ARTICLES = re.compile(
    r"(?:the|an?|der|die|das|een|de|het|le|la|les|el|los|las|il|lo|gli|os?|as?) (?=\w)|l['’](?=\w)",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"(?<![\w.,])[-−+]?\d+(?:[.,]\d+)*(?:\s?%)?(?![\w]|[.,]\d)")


@dataclass(frozen=True, slots=True)
class Definition:
    """A term, what the text says it is, and the sentence that says so, with single spaces."""

    term: str
    meaning: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Figure:
    """A number and the sentence that states it."""

    number: str
    sentence: str


def definition(sentence: str) -> Definition | None:
    """Return what a sentence defines, if it is a definition."""
    plain = flat(sentence)
    if len(plain) > LONGEST:
        return None
    for form in _FORMS:
        found = form.match(plain)
        if found is not None:
            term = _ARTICLES.sub("", found["term"].strip(), count=1)
            meaning = found["meaning"].strip()
            if _names_something(term) and size(meaning) >= _FEWEST_MEANING_WORDS:
                return Definition(term, meaning, plain)
    return None


def definitions(sentences: list[str]) -> list[Definition]:
    """Return the definitions in their order, the first of each term."""
    found: dict[str, Definition] = {}
    for sentence in sentences:
        defined = definition(sentence)
        if defined is not None:
            found.setdefault(comparable(defined.term), defined)
    return list(found.values())


def figures(sentences: list[str]) -> list[Figure]:
    """Return the numbers of sentences that say something about them, the first of each number."""
    found: dict[str, Figure] = {}
    for sentence in sentences:
        plain = flat(sentence)
        if len(plain) <= LONGEST and size(plain) > _FEWEST_MEANING_WORDS:
            for number in _NUMBER.findall(plain):
                found.setdefault(comparable(number), Figure(number, plain))
    return list(found.values())


def _names_something(term: str) -> bool:
    parts = words(term)
    if not parts or parts[0].casefold() in POINTERS or NEVER_IN_TERMS.intersection(parts):
        return False
    if is_unspaced(term):
        # Unspaced scripts have no first word to look at.
        return not term.startswith(tuple(word for word in POINTERS if is_unspaced(word)))
    return len(parts) <= _MOST_TERM_WORDS and any(map(str.isalpha, term))

"""Understands a prompt: what it asks for, about what, and to what end."""

import re
from dataclasses import dataclass
from typing import Literal

from services.creatorcore.writing.grammar import aim
from services.creatorcore.writing.words import phrases, sentences, tidy, words

Form = Literal["story", "ad", "podcast", "article", "figures"]

_ORDER = (
    r"(?:write|tell|create|compose|generate|give|make|draft|produce|prepare|explain|describe|summari[sz]e|discuss"
    r"|narrate|outline|introduce|teach|show|present|report|comment|interpret)"
)
_POLITE = re.compile(
    r"^(?:(?:please|kindly|hello|hi|hey|now)[\s,]+|(?:can|could|would|will) you (?:please )?"
    r"|i (?:want|need|would like|'d like) (?:you to )?|i’d like (?:you to )?|let us |let's )+",
    re.IGNORECASE,
)
_ABOUT = re.compile(
    rf"^{_ORDER}\b[^.:;]{{0,80}}?\b(?:about|on|regarding|concerning|describing|explaining|introducing|advertising"
    r"|promoting|covering|for|of)\s+(.+)$",
    re.IGNORECASE,
)
_FORM_FIRST = re.compile(
    r"^(?:an?\s|the\s)?(?:\w+\s){0,2}(?:ad|advert|advertisement|story|tale|fable|podcast|episode|article|essay|text)"
    r"\s+(?:about|on|for|of)\s+(.+)$",
    re.IGNORECASE,
)
_OBJECT = re.compile(rf"^{_ORDER}\s+(?:(?:me|us|to me|to us)\s+)?(.+)$", re.IGNORECASE)
_END = re.compile(
    r"\s+in (?:about |at most |under |fewer than )?(?:\d+|an?|one|two|three|a few|simple|plain|your own)"
    r" (?:\w+ )?(?:words?|sentences?|paragraphs?|lines?|terms|language|style|pages?)$",
    re.IGNORECASE,
)
_PURPOSE = re.compile(r"^(.{3,}?)\s+(?:in order to|so as to|to)\s+(\w+.*)$", re.IGNORECASE)
_AUDIENCE = re.compile(
    r"^(.{3,}?)\s+(?:to|for)\s+((?:an? |the |young |small |older )*(?:beginners?|children|kids|students?"
    r"|pupils|adults|teenagers|parents|readers|experts|customers|everyone|newcomers|learners|families"
    r"|\w+ graders))$",
    re.IGNORECASE,
)
_FORMS: tuple[tuple[Form, re.Pattern[str]], ...] = (
    ("podcast", re.compile(r"\b(?:podcast|episode|radio show)\b", re.IGNORECASE)),
    ("ad", re.compile(r"\b(?:ad|advert|advertisement|commercial|slogan|sales pitch)\b", re.IGNORECASE)),
    ("story", re.compile(r"\b(?:story|tale|fable|fairy tale|bedtime)\b", re.IGNORECASE)),
)
_TELLS_FIGURES = re.compile(
    r"\b(?:summar\w+|explain\w*|narrat\w+|describ\w+|paragraph|report|figures?|numbers?|interpret\w*|comment\w*"
    r"|overview|review)\b",
    re.IGNORECASE,
)
_FIGURE = re.compile(r"\d+(?:[.,:/-]\d+)*")
# What may stand around a subject and is no part of it.
EDGES = " .!?,;:\"“”'。！？、，；："
_LONGEST_SUBJECT_WORDS = 9
_LONGEST_SUBJECT = 60


@dataclass(frozen=True, slots=True)
class Understood:
    """What a prompt asks for."""

    form: Form
    topic: str
    goal: str | None


def understood(prompt: str) -> Understood:
    """Return what a prompt asks for; what it does not say is an article about its first words."""
    first = _POLITE.sub("", tidy(next(iter(sentences(prompt)), "")))
    asked, purpose = _without_purpose(_asked(first))
    return Understood(_form(prompt, first), shortened(asked, prompt), purpose)


def subject(prompt: str) -> str:
    """Return what a prompt is about, in a few of its own words."""
    return understood(prompt).topic


def shortened(text: str, source: str) -> str:
    """Return a subject as it is, or the part of it that a sentence can carry."""
    plain = text.strip(EDGES)
    if len(plain) <= _LONGEST_SUBJECT and len(plain.split()) <= _LONGEST_SUBJECT_WORDS and plain:
        return plain
    clause = re.split(r"[,;:。、，；：!?()]|\s[-–—]\s", plain)[0].strip()
    if 0 < len(clause) <= _LONGEST_SUBJECT and len(clause.split()) <= _LONGEST_SUBJECT_WORDS:
        return clause
    found = phrases(source[:20_000], 1)
    return found[0] if found else _cut(clause or plain or tidy(source))


def _cut(text: str) -> str:
    """Cut at a space; a script without spaces, at a letter, and never inside a figure or before a mark."""
    if len(text) <= _LONGEST_SUBJECT:
        return text
    at_space = text[:_LONGEST_SUBJECT].rpartition(" ")[0]
    if at_space:
        return at_space
    end = _LONGEST_SUBJECT
    while end > 1 and (not text[end].isalpha() or not text[end - 1].isalpha()):
        end -= 1
    return text[:end]


def _asked(first: str) -> str:
    found = _ABOUT.match(first) or _FORM_FIRST.match(first) or _OBJECT.match(first)
    return _END.sub("", found.group(1).rstrip(EDGES)) if found else first


def _without_purpose(asked: str) -> tuple[str, str | None]:
    audience = _AUDIENCE.match(asked.rstrip(".!?"))
    if audience:
        return audience.group(1), f"for {audience.group(2)}"
    found = _PURPOSE.match(asked)
    if found and aim(found.group(2)).startswith("to "):
        return found.group(1), found.group(2).rstrip(".!?")
    return asked, None


def _form(prompt: str, first: str) -> Form:
    if len(_FIGURE.findall(prompt)) >= 2 and _TELLS_FIGURES.search(prompt) and len(words(prompt)) > 4:
        return "figures"
    # What stands after "about" is the subject: a text about ads need not be one.
    kind = re.split(r"\b(?:about|on|regarding|concerning)\b", first, maxsplit=1, flags=re.IGNORECASE)[0]
    return next((form for form, pattern in _FORMS if pattern.search(kind)), "article")

"""Finds which figures a text states, and of what."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from services.creatorcore.writing.words import tidy, words

_FIGURE = r"[-+−]?[$€£¥₹]?\s?\d+(?:[.,:/’'-]\d+)*"
_HAS_FIGURE = re.compile(r"\d")
# ``label: figure unit`` or ``label is figure unit``; the label holds no figure that could be meant instead.
_LABELLED = re.compile(
    rf"^(?P<label>[^:=]*?)\s*(?:[:=]|\s(?:is|are|was|were|stands at|comes to|amounts to|equals|of)\s|\s)\s*"
    rf"(?P<value>{_FIGURE}(?:\s?(?:%|[A-Z]{{3}}\b|per\s?cent\b|[$€£¥₹]))?(?:\s(?:a|per)\s\w+)?)$"
)
_BETWEEN = re.compile(
    r"\n|;|(?<=[.!?。！？।])\s|,\s|(?<=\s)[•*–—]\s|\sand\s(?=[^\d]{2,60}\s?[:=]?\s?[$€£¥₹]?\d)"
)
_ORDERS = re.compile(
    r"^(?:please\s)?(?:write|tell|create|compose|generate|give|make|draft|produce|prepare|explain|describe"
    r"|summari[sz]e|discuss|use|keep|do|don't|never|only|answer|mention|include|limit|return|avoid|add|narrate"
    r"|comment|interpret|report|ensure|state|you|your)\b",
    re.IGNORECASE,
)
_NO_LABEL = re.compile(
    r"(?:\b(?:from|to|by|than|over|between|about|at|in|on|for|rose|fell)|[-–(])$", re.IGNORECASE
)
_MOST_LABEL_WORDS = 8
_LONGEST_CLAUSE = 240


@dataclass(frozen=True, slots=True)
class Fact:
    """A figure with its label; without a label, a clause with figures that stays as it is."""

    label: str
    value: str


def facts(source: str) -> list[Fact]:
    """Return what the source states in figures, in its order; its orders to the writer state nothing."""
    structured = _structured(source)
    if structured is not None:
        return structured
    found = [_fact(clause) for clause in _clauses(source)]
    return list(dict.fromkeys(fact for fact in found if fact))


def _clauses(source: str) -> Iterator[str]:
    for clause in _BETWEEN.split(source):
        plain = tidy(clause).strip(" -•*\"'")
        ordered = _ORDERS.match(plain)
        if ordered:
            # An order may hand over the first figure: "Summarise: income 300".
            plain = plain.partition(":")[2].strip()
        if plain and _HAS_FIGURE.search(plain) and len(plain) <= _LONGEST_CLAUSE:
            yield plain.rstrip(".!?;, ")


def _fact(clause: str) -> Fact | None:
    found = _LABELLED.match(clause)
    if found is None:
        return Fact("", clause) if len(words(clause)) > 1 else None
    label = found["label"].replace("_", " ").strip(" \"'")
    if not words(label) or len(label.split()) > _MOST_LABEL_WORDS or _NO_LABEL.search(label):
        return Fact("", clause) if len(words(clause)) > 1 else None
    return Fact(label, found["value"].strip())


def _structured(source: str) -> list[Fact] | None:
    """Read the figures from the first JSON object in the source, if it holds one."""
    start = source.find("{")
    if start < 0:
        return None
    try:
        # As written: 10.50 must not become 10.5.
        value, _ = json.JSONDecoder(parse_float=str, parse_int=str).raw_decode(source[start:])
    except (ValueError, RecursionError):
        return None
    found = list(_flat(value, ""))
    return found or None


def _flat(value: object, label: str) -> Iterator[Fact]:
    if isinstance(value, dict):
        for name, inner in value.items():
            plain = str(name).replace("_", " ").strip()
            # "by_category" groups what is inside and names nothing.
            yield from _flat(inner, label if plain.startswith("by ") else f"{label} {plain}".strip())
    elif isinstance(value, list):
        for inner in value:
            yield from _flat(inner, label)
    elif isinstance(value, str) and _HAS_FIGURE.search(value) and label and len(value) <= _LONGEST_CLAUSE:
        yield Fact(tidy(label), tidy(value))

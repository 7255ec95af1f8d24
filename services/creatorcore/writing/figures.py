"""A paragraph about given figures: every figure is copied, none is computed."""

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from services.creatorcore.writing.facts import Fact, facts
from services.creatorcore.writing.grammar import capital, head, is_plural, named
from services.creatorcore.writing.lexicon import COMMON_LABELS
from services.creatorcore.writing.picks import Picks

_MOST_FACTS = 14
_PLAIN = re.compile(r"^[-+−]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?$")
_TIMES = frozenset({"period", "month", "year", "date", "quarter", "week", "day"})
_UNIT = re.compile(r"[A-Z]{3}|[$€£¥₹]|%")


@dataclass(frozen=True, slots=True)
class _Measured:
    fact: Fact
    amount: Decimal
    unit: str


def write(source: str, picks: Picks) -> str:
    """Return the figures in sentences; nothing when the source states none."""
    found = facts(source)
    told = found[:_MOST_FACTS]
    sentences: list[str] = []
    while told:
        # Two amounts to a sentence read better than a list.
        length = 2 if len(told) > 1 and _is_amount(told[0]) and _is_amount(told[1]) else 1
        sentences.append(_pair(told[0], told[1], picks) if length == 2 else _one(told[0], picks))
        told = told[length:]
    if len(found) > _MOST_FACTS:
        sentences.append("The remaining figures stand in the source.")
    sentences.append(_greatest(found[:_MOST_FACTS], picks))
    return " ".join(sentence for sentence in sentences if sentence)


def _is_amount(fact: Fact) -> bool:
    return bool(fact.label) and head(fact.label) not in _TIMES


def _one(fact: Fact, picks: Picks) -> str:
    if not fact.label:
        return f"{capital(fact.value)}."
    label, many = _called(fact), is_plural(fact.label)
    if not _is_amount(fact):
        return f"{capital(named(label))} is {fact.value}."
    return picks.one(
        (
            f"{capital(label)} {'stand' if many else 'stands'} at {fact.value}.",
            f"{capital(label)} {'come' if many else 'comes'} to {fact.value}.",
            f"For {label}, the figure is {fact.value}.",
        )
    )


def _pair(first: Fact, second: Fact, picks: Picks) -> str:
    label, other = _called(first), _called(second)
    many, others = is_plural(label), is_plural(other)
    return picks.one(
        (
            f"{capital(label)} {'stand' if many else 'stands'} at {first.value}, "
            f"and {other} at {second.value}.",
            f"{capital(label)} {'come' if many else 'comes'} to {first.value}; "
            f"{other} {'are' if others else 'is'} {second.value}.",
            f"With {label} at {first.value}, {other} {'come' if others else 'comes'} to {second.value}.",
        )
    )


def _called(fact: Fact) -> str:
    """Return a label as it stands inside a sentence; what may be a name keeps its capital."""
    first = fact.label.split()[0]
    return fact.label[0].lower() + fact.label[1:] if first.casefold() in COMMON_LABELS else fact.label


def _greatest(told: list[Fact], picks: Picks) -> str:
    """Compare what can be compared: at least three plain amounts in one unit, one of them the greatest."""
    measured = [one for fact in told if (one := _measured(fact))]
    units = {one.unit for one in measured}
    if len(measured) < 3 or len(units) != 1:
        return ""
    ranked = sorted(measured, key=lambda one: one.amount, reverse=True)
    if ranked[0].amount == ranked[1].amount:
        return ""
    label = _called(ranked[0].fact)
    return picks.one(
        (f"The greatest of these amounts is {label}.", f"Of these amounts, {label} is the greatest.")
    )


def _measured(fact: Fact) -> _Measured | None:
    unit = _UNIT.search(fact.value)
    number = _UNIT.sub("", fact.value).strip()
    if not fact.label or unit is None or not _PLAIN.match(number):
        return None
    try:
        return _Measured(fact, Decimal(number.replace(",", "").replace("−", "-")), unit.group())
    except InvalidOperation:
        return None

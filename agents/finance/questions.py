"""A question in plain English, turned into a metric and filters; what is not understood is never guessed."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from agents.finance.metrics import Kind, Metric, Wanted
from agents.finance.periods import find_periods, written
from agents.finance.words import same_word, singulars, words

SUPPORTED = (
    "What was my total spending in January 2026?",
    "How much did I spend on groceries last month?",
    "What was my total income this year?",
    "What is my net in 2026?",
    "Show spending by category in 2026-01",
    "What was my largest expense?",
    "What was my largest income?",
    "What is my average spending per month?",
    "What was my savings rate in January?",
    "How many transactions are there in February 2026?",
    "Compare spending in January and February 2026",
)

_GROUPS = {
    "spend": "spend spending spent expense expenses cost costs outgoings pay paid purchase purchases payment"
    " payments bill bills expenditure expenditures",
    "income": "income incomes earn earned earning earnings revenue revenues receive received",
    "net": "net balance surplus cashflow",
    "save": "save saved saving savings",
    "rate": "rate",
    "largest": "largest biggest highest top greatest maximum max",
    "average": "average mean",
    "month": "month months monthly",
    "count": "many number count",
    "rows": "transaction transactions row rows entry entries record records",
    "by": "by per each",
    "category": "category categories",
    "compare": "compare compared comparison versus vs than difference between more less change",
}
_GROUP_OF = {word: group for group, listed in _GROUPS.items() for word in listed.split()}
_PLAIN = (
    "what was were is are be my mine me i the a an of in for on during how much do does did have has had"
    " total all overall show give tell please to from and with at amount sum money there you can could it up"
    " so far altogether we our us year s"
)
_FILLERS = frozenset(_PLAIN.split())
# These are about everything: with a category they would be another question.
_WHOLE = frozenset({"savings_rate", "spending_by_category"})


@dataclass(frozen=True, slots=True)
class Rule:
    """The groups of words that must be there, those that may, and what they mean together."""

    needs: frozenset[str]
    may: frozenset[str]
    metric: Metric
    kind: Kind | None = None


def _rule(needs: str, metric: Metric, *, may: str = "", kind: Kind | None = None) -> Rule:
    return Rule(frozenset(needs.split()), frozenset(may.split()), metric, kind)


_RULES = (
    _rule("save rate", "savings_rate", may="month"),
    _rule("largest spend", "largest_expense", may="rows"),
    _rule("largest income", "largest_income", may="rows spend"),
    _rule("by category spend", "spending_by_category"),
    _rule("average month", "average_per_month", may="by spend", kind="expense"),
    _rule("average month income", "average_per_month", may="by", kind="income"),
    _rule("count rows", "transaction_count"),
    _rule("count spend", "transaction_count", may="rows", kind="expense"),
    _rule("count income", "transaction_count", may="rows spend", kind="income"),
    _rule("compare", "comparison", may="spend", kind="expense"),
    _rule("compare income", "comparison", kind="income"),
    _rule("compare net", "comparison", may="income"),
    _rule("net", "net", may="income"),
    _rule("save", "net"),
    _rule("spend", "total_spending"),
    _rule("income", "total_income"),
)


class NotUnderstood(Exception):
    """The question is none of those that can be answered."""


def understand(
    question: str, *, categories: Mapping[str, Kind], months: Collection[str], today: date
) -> Wanted:
    """Turn a question into a metric with filters.

    ``categories`` (whether money is spent or earned there) and ``months`` (``YYYY-MM``) are those of the
    user's rows.  The category is one of these if the question names it, else what follows *on* or *for*.

    Raises:
        NotUnderstood: A word, or all of them together, cannot be placed.
    """
    said = words(question)
    free = _without_periods(said, today)
    category = _known_category(free, categories)
    asked = category or _unknown_category(free)
    groups = _groups(free)
    wanted = _meaning(groups, kind=categories[category] if category else None)
    if asked and wanted.metric in _WHOLE:
        raise NotUnderstood
    periods = _periods(said, months=months, today=today)
    if len(periods) != 2 if wanted.metric == "comparison" else len(periods) > 1:
        raise NotUnderstood
    return Wanted(
        wanted.metric,
        category=asked,
        period=periods[0] if periods else None,
        kind=wanted.kind,
        compare_to=periods[1] if len(periods) == 2 else None,
    )


def _without_periods(said: Sequence[str], today: date) -> list[str]:
    """Return the words with those of periods blanked out, so that places stay the same."""
    free = list(said)
    for period in find_periods(said, today):
        free[period.start : period.start + period.length] = [""] * period.length
    return free


def _periods(said: Sequence[str], *, months: Collection[str], today: date) -> list[str]:
    found = find_periods(said, today)
    # "January and February 2026": a year said once holds for both.
    years = {period.year for period in found if period.year}
    shared = years.pop() if len(years) == 1 else None
    return [written(period, months=months, today=today, year=shared) for period in found]


def _known_category(free: list[str], categories: Collection[str]) -> str | None:
    """Find the one category that the words name, longest name first, and blank its words out."""
    named: list[str] = []
    said: set[str] = set().union(*map(singulars, free))
    # Of many thousand names only a few have all their words in the question.
    split = ((name, words(name)) for name in categories)
    near = [one for one in split if one[1] and all(said & singulars(part) for part in one[1])]
    for name, parts in sorted(near, key=lambda one: -len(one[1])):
        at = _place(free, parts)
        if at is not None:
            free[at : at + len(parts)] = [""] * len(parts)
            named.append(name)
    if len(named) > 1:
        raise NotUnderstood
    return named[0] if named else None


def _place(free: Sequence[str], parts: Sequence[str]) -> int | None:
    for at in range(len(free) - len(parts) + 1):
        here = free[at : at + len(parts)]
        if all(here) and all(map(same_word, here, parts)) and not _means_more(free, at, here):
            return at
    return None


def _means_more(free: Sequence[str], at: int, here: Sequence[str]) -> bool:
    """Tell whether the words would be read as a metric: a category called *income* must come after *on*."""
    introduced = at > 0 and free[at - 1] in {"on", "for"}
    return not introduced and all(word in _GROUP_OF or word in _FILLERS for word in here)


def _unknown_category(free: list[str]) -> str | None:
    """Take the words after *on* or *for* that mean nothing else, and blank them out."""
    for at, word in enumerate(free[:-1]):
        if word not in {"on", "for"}:
            continue
        start = at + 1 + (free[at + 1] in {"the", "my", "a"})
        end = start
        while end < len(free) and free[end] and free[end] not in _GROUP_OF and free[end] not in _FILLERS:
            end += 1
        if end > start:
            name = " ".join(free[start:end])
            free[start:end] = [""] * (end - start)
            return name
    return None


def _groups(free: Sequence[str]) -> frozenset[str]:
    for word in free:
        if word and word not in _GROUP_OF and word not in _FILLERS:
            raise NotUnderstood
    return frozenset(_GROUP_OF[word] for word in free if word in _GROUP_OF)


def _meaning(groups: frozenset[str], *, kind: Kind | None) -> Rule:
    if not groups and kind:
        # "groceries in January": what was spent there; what came in, where nothing is ever spent.
        return _rule("", "total_income" if kind == "income" else "total_spending")
    for rule in _RULES:
        if rule.needs <= groups <= rule.needs | rule.may:
            return rule
    raise NotUnderstood

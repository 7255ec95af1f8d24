"""Exact amounts: reading them, rounding them for display, and saying what cannot be computed."""

import re
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema

Unit = Literal["currency", "percent", "years", "months", "units", "ratio", "count"]

MAX_AMOUNT = 10**15
MAX_RATE = 10**6
MAX_PERIODS = 10_000
# 50 digits leave a cent of 10^15 exact after any power a schedule of 10 000 periods needs.
CONTEXT = Context(prec=50, rounding=ROUND_HALF_UP)
_MAX_PLACES = 20
_NUMBER = re.compile(r"[+-]?(\d{1,40}(\.\d{0,40})?|\.\d{1,40})([eE][+-]?\d{1,3})?", re.ASCII)
_CENT = Decimal("0.01")
_NUMBER_SCHEMA = {"type": ["number", "string"], "examples": [1000, "1000.50"]}


class Impossible(Exception):
    """The figures are well-formed and cannot be computed with; names the parameter at fault."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field = field
        self.reason = reason


def exact(given: object) -> Decimal:
    """Read a number or a decimal string; a float stands for its shortest decimal form.

    Raises:
        ValueError: It is not a finite number of at most 20 decimal places.
    """
    if isinstance(given, bool) or not isinstance(given, int | float | str | Decimal):
        raise ValueError("give a number or a decimal string")  # noqa: TRY004 - pydantic translates only this
    text = str(given).strip().replace("\N{MINUS SIGN}", "-")
    if not _NUMBER.fullmatch(text):
        raise ValueError("give a finite number, as a number or a decimal string")
    number = Decimal(text)
    if _places(number) > _MAX_PLACES:
        raise ValueError(f"give at most {_MAX_PLACES} decimal places")
    return number


def _places(number: Decimal) -> int:
    exponent = number.normalize(CONTEXT).as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def not_bool(given: object) -> object:
    """Refuse true and false where a whole number is meant.

    Raises:
        ValueError: It is one of them.
    """
    if isinstance(given, bool):
        raise ValueError("give a whole number")  # noqa: TRY004 - pydantic translates only this
    return given


def _schema(**bounds: int) -> Any:
    return WithJsonSchema({**_NUMBER_SCHEMA, **bounds})


Amount = Annotated[
    Decimal,
    BeforeValidator(exact),
    Field(ge=-MAX_AMOUNT, le=MAX_AMOUNT),
    _schema(minimum=-MAX_AMOUNT, maximum=MAX_AMOUNT),
]
PositiveAmount = Annotated[
    Decimal,
    BeforeValidator(exact),
    Field(gt=0, le=MAX_AMOUNT),
    _schema(exclusiveMinimum=0, maximum=MAX_AMOUNT),
]
NotNegative = Annotated[
    Decimal, BeforeValidator(exact), Field(ge=0, le=MAX_AMOUNT), _schema(minimum=0, maximum=MAX_AMOUNT)
]
# -100 % and less are well-formed: the calculation refuses them, naming the rate.
Rate = Annotated[
    Decimal, BeforeValidator(exact), Field(le=MAX_RATE), _schema(exclusiveMinimum=-100, maximum=MAX_RATE)
]
Years = Annotated[Decimal, BeforeValidator(exact), Field(ge=0, le=1000), _schema(minimum=0, maximum=1000)]
PositiveYears = Annotated[
    Decimal, BeforeValidator(exact), Field(gt=0, le=1000), _schema(exclusiveMinimum=0, maximum=1000)
]
Periods = Annotated[int, BeforeValidator(not_bool), Field(ge=1, le=MAX_PERIODS)]
WholeYears = Annotated[int, BeforeValidator(not_bool), Field(ge=1, le=1000)]


def cents(amount: Decimal) -> Decimal:
    """Round to two places, half away from zero, as statements do; zero has no sign."""
    return amount.quantize(_CENT, ROUND_HALF_UP) + 0


def money(amount: Decimal) -> str:
    """Write an amount with two places."""
    return fixed(amount, 2)


def percent(fraction: Decimal, places: int = 4) -> str:
    """Write a fraction as per cent."""
    return fixed(fraction * 100, places)


def fixed(number: Decimal, places: int) -> str:
    """Write a number with so many places, rounded half up.

    Raises:
        decimal.InvalidOperation: It has more digits than the context holds.
    """
    # Adding zero turns -0.00 into 0.00.
    return f"{number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP) + 0:f}"


def plain(number: Decimal) -> str:
    """Write a number for reading: at most ten places, no exponent, no trailing zeros."""
    rounded = number.quantize(Decimal("1e-10"), ROUND_HALF_UP) + 0
    text = f"{rounded:f}".rstrip("0").rstrip(".")
    return text or "0"


def from_cents(amount: int) -> str:
    """Write whole cents as an amount with two places."""
    sign = "-" if amount < 0 else ""
    return f"{sign}{abs(amount) // 100}.{abs(amount) % 100:02}"


def share_percent(part: int, whole: int, places: int = 2) -> str:
    """Write ``part`` as per cent of ``whole``, which is not zero."""
    with localcontext(CONTEXT):
        return percent(Decimal(part) / Decimal(whole), places)


def fraction(rate: Decimal, field: str) -> Decimal:
    """Turn per cent into a fraction.

    Raises:
        Impossible: The rate is -100 % or less: nothing, or less than nothing, would be left.
    """
    if rate <= -100:
        raise Impossible(field, "a rate must be above -100 %")
    return rate / 100

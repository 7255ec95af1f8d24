"""Loans repaid in equal monthly payments, with rows rounded to cents as a bank's statement has them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from agents.finance.money import cents, fraction, money, plain
from agents.finance.outcome import Outcome, Row
from agents.finance.params import Loan

FORMULA = "PMT = P * i / (1 - (1 + i)^-n)"


@dataclass(frozen=True, slots=True)
class Installment:
    """One row of a schedule; interest and principal add up to the payment."""

    period: int
    payment: Decimal
    interest: Decimal
    principal: Decimal
    balance: Decimal


def loan_payment(asked: Loan) -> Outcome:
    """PMT = P * i / (1 - (1 + i)^-n), i a twelfth of the annual rate; P / n when i is zero.

    Source: the present value of an annuity, Brealey, Myers, Allen, chapter 2.
    """
    return _outcome(asked, with_rows=False)


def amortization_schedule(asked: Loan) -> Outcome:
    """The same payment, and month by month interest, principal and balance; the last row clears the rest."""
    return _outcome(asked, with_rows=True)


def schedule(principal: Decimal, rate: Decimal, months: int) -> Iterator[Installment]:
    """Yield the rows, each rounded half up to cents.

    The last payment takes what rounding left.  Where rounding up repays a tiny loan sooner, they end there.
    """
    payment = cents(exact_payment(principal, rate, months))
    balance = cents(principal)
    for period in range(1, months + 1):
        interest = cents(balance * rate)
        repaid = balance if period == months else min(payment - interest, balance)
        balance -= repaid
        yield Installment(period, interest + repaid, interest, repaid, balance)
        if balance == 0:
            return


def exact_payment(principal: Decimal, rate: Decimal, months: int) -> Decimal:
    """Return the level payment before rounding."""
    return principal / months if rate == 0 else principal * rate / (1 - (1 + rate) ** -months)


def _outcome(asked: Loan, *, with_rows: bool) -> Outcome:
    rate = fraction(asked.annual_rate, "annual_rate") / 12
    exact = exact_payment(asked.principal, rate, asked.months)
    rows = list(schedule(asked.principal, rate, asked.months))
    interest = sum((row.interest for row in rows), Decimal(0))
    unrounded = exact * asked.months - asked.principal
    return Outcome(
        value=money(exact),
        unit="currency",
        formula=FORMULA,
        steps=_steps(asked, rate, exact, rows, interest),
        figures={
            "total_interest": money(interest),
            "total_interest_unrounded": money(unrounded),
            "total_paid": money(interest + cents(asked.principal)),
            "last_payment": money(rows[-1].payment),
        },
        rows=[_row(row) for row in rows] if with_rows else None,
    )


def _steps(
    asked: Loan, rate: Decimal, exact: Decimal, rows: Sequence[Installment], interest: Decimal
) -> list[str]:
    steps = [
        f"i = {plain(asked.annual_rate)} % / 12 = {plain(rate)} a month, n = {asked.months}",
        f"PMT = {plain(exact)}, rounded to {money(exact)} a month"
        if rate
        else f"without interest PMT = P / n = {plain(exact)}, rounded to {money(exact)} a month",
        f"rows rounded to cents pay {money(interest)} interest in all",
    ]
    if len(rows) < asked.months:
        steps.append(f"whole cents repay it already in month {rows[-1].period}")
    if rows[-1].payment != cents(exact):
        steps.append(f"the last payment is {money(rows[-1].payment)}: it takes what rounding left")
    return steps


def _row(row: Installment) -> Row:
    return {
        "period": row.period,
        "payment": money(row.payment),
        "interest": money(row.interest),
        "principal": money(row.principal),
        "balance": money(row.balance),
    }

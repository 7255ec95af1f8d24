"""Orders to trade are refused; what should be looked at before such a decision is told instead."""

from typing import NoReturn

from pydantic import JsonValue

from agents.finance.money import CONTEXT, cents, money
from agents.finance.payloads import Trade
from core_integrator import InvalidArgument

TRADES = ("trade", "buy", "sell", "execute_trade")


def refuse(order: Trade, intent: str) -> NoReturn:
    """Say that nothing was traded, and outline the analysis that such a decision needs.

    Raises:
        InvalidArgument: Always; its details hold the outline.
    """
    raise InvalidArgument(
        "this module never trades: nothing was ordered; details outline what to look at first",
        details={
            "refused_intent": intent,
            **_order(order),
            "analysis_outline": _outline(order),
        },
    )


def _order(order: Trade) -> dict[str, JsonValue]:
    amount = order.amount
    if amount is None and order.quantity is not None and order.price is not None:
        amount = cents(CONTEXT.multiply(order.quantity, order.price))
    given: dict[str, JsonValue] = {"symbol": order.symbol, "amount": money(amount) if amount else None}
    return {name: value for name, value in given.items() if value is not None}


def _outline(order: Trade) -> list[JsonValue]:
    known = _order(order)
    what, amount = known.get("symbol", "the asset"), known.get("amount", "the amount")
    return [
        _look(f"Can {amount} be spared each month?", "query", {"metric": "average_per_month"}),
        _look("How much of the income is left over at all?", "query", {"metric": "savings_rate"}),
        _look(
            f"How many months does the emergency fund last without {amount}?",
            "calculate",
            {"calculation": "emergency_fund", "params": ["savings", "monthly_expenses"]},
        ),
        _look(
            "Do debts cost more than the investment may bring?",
            "calculate",
            {"calculation": "debt_to_income", "params": ["monthly_debt", "monthly_income"]},
        ),
        _look(
            f"How sound is the company behind {what}?",
            "analyze",
            {
                "statement": [
                    "current_assets",
                    "current_liabilities",
                    "debt",
                    "equity",
                    "revenue",
                    "net_income",
                ]
            },
        ),
        _look(
            f"What must {what} bring to be worth {amount}?",
            "calculate",
            {"calculation": "npv", "params": ["rate", "cashflows"]},
        ),
        _look(
            f"What did {what} bring so far, after costs and taxes?",
            "calculate",
            {"calculation": "xirr", "params": ["cashflows", "dates"]},
        ),
    ]


def _look(question: str, intent: str, data: dict[str, JsonValue]) -> JsonValue:
    return {"question": question, "module": "finance", "intent": intent, "data": data}

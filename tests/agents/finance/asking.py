"""Short ways to ask the finance module, and the five rows of the acceptance case CI-07."""

from typing import Any

import httpx

from tests.api.calls import core, error_of

ROWS = [
    {"date": "2026-01-05", "amount": -120.50, "category": "groceries"},
    {"date": "2026-01-12", "amount": "-900.00", "category": "rent"},
    {"date": "2026-01-31", "amount": 2500, "category": "salary"},
    {"date": "2026-02-03", "amount": "-80.25", "category": "groceries"},
    {"date": "2026-02-28", "amount": "+2500.00", "category": "salary"},
]


def finance(client: httpx.Client, intent: str, data: Any = None, *, user: str = "ada") -> dict[str, Any]:
    """Call an intent that must succeed, and return its result."""
    answer = core(client, "finance", intent, data, user=user)
    assert answer.status_code == 200, answer.text
    return answer.json()["result"]


def calculate(client: httpx.Client, calculation: str, **params: Any) -> dict[str, Any]:
    """Calculate something that must succeed."""
    return finance(client, "calculate", {"calculation": calculation, "params": params})


def refused(client: httpx.Client, intent: str, data: Any, *, user: str = "ada") -> tuple[int, set[str]]:
    """Call an intent that must refuse; return the status and the paths of the fields it names."""
    answer = core(client, "finance", intent, data, user=user)
    error = error_of(answer)
    return answer.status_code, {field["path"] for field in error["details"].get("fields", [])}

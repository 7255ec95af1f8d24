"""A user's past exchanges with this module, as a page."""

import json

from agents.finance.answers import Past, PastCall
from core_integrator import Call, Interaction, rfc3339

# Recording rows is no question; the rows themselves are never remembered in the history.
SHOWN = frozenset({"calculate", "query", "analyze", "generate", "review"})


async def past(call: Call, *, limit: int, cursor: str | None) -> Past:
    """Return a page of past calculations and queries; it may hold fewer than ``limit``, never more."""
    page = await call.memory.history(limit=limit, cursor=cursor)
    items = [_shown(one) for one in page.rows if one.intent in SHOWN]
    while not items and page.next_cursor:
        page = await call.memory.history(limit=limit, cursor=page.next_cursor)
        items = [_shown(one) for one in page.rows if one.intent in SHOWN]
    return Past(items=items, next_cursor=page.next_cursor)


def _shown(one: Interaction) -> PastCall:
    return PastCall(
        id=one.id,
        intent=one.intent,
        timestamp=rfc3339(one.created_at),
        data=json.loads(one.request)["data"],
        result=json.loads(one.response)["result"],
    )

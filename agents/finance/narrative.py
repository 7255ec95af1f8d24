"""A paragraph about figures from CreatorCore: welcome when it is there in time, absent otherwise."""

import asyncio
import hashlib

from agents.finance.answers import Figures, Narrative
from bridges.creatorcore import CreatorCoreBridgeClient, TextOrder
from core_integrator import BridgeError, Call

# Figures are told even when nobody writes about them: this is all they ever wait.
LIMIT_S = 1.0
MAX_TEXT = 4000


async def narrate(bridge: CreatorCoreBridgeClient, figures: Figures, call: Call) -> Narrative | None:
    """Ask for a paragraph; none when CreatorCore is away, fails, or takes more than a second."""
    if not figures.rows_used or bridge.health().status != "healthy":
        return None
    order = TextOrder(prompt=_prompt(figures), owner=hashlib.sha256(call.user_id.encode()).hexdigest()[:32])
    try:
        async with asyncio.timeout(LIMIT_S):
            made = await bridge.generate(order, key=f"{call.idempotency_key}:narrative")
    except (BridgeError, TimeoutError):
        return None
    model = made.metadata.get("model")
    return Narrative(text=made.generated_text[:MAX_TEXT], model=model if isinstance(model, str) else None)


def _prompt(figures: Figures) -> str:
    """Write the figures alone: no category, note or date of the user's goes out."""
    rate = f"{figures.savings_rate} %" if figures.savings_rate is not None else "none"
    facts = [
        f"income {figures.totals.income}",
        f"spending {figures.totals.spending}",
        f"net {figures.totals.net}",
        f"savings rate {rate}",
    ]
    if figures.average_per_month:
        facts.append(f"average monthly spending {figures.average_per_month.spending}")
    if figures.trend:
        facts.append(f"monthly net {figures.trend.direction} by {figures.trend.slope_per_month}")
    return f"Describe these household finances in one paragraph: {'; '.join(facts)}."

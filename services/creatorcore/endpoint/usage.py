"""What an endpoint says about tokens and cost."""

from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from services.creatorcore.makers import Cost

_Count = Annotated[int, Field(ge=0)] | None


class Usage(BaseModel):
    """The ``usage`` of an answer; ``cost`` is given by OpenRouter and its like."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    prompt_tokens: _Count = None
    completion_tokens: _Count = None
    total_tokens: _Count = None
    cost: Annotated[Decimal, Field(ge=0, allow_inf_nan=False)] | None = None

    def tokens(self) -> int | None:
        """Return all tokens together, as told or as the sum of what was told."""
        if self.total_tokens is not None:
            return self.total_tokens
        told = [count for count in (self.prompt_tokens, self.completion_tokens) if count is not None]
        return sum(told) if told else None

    def facts(self) -> dict[str, Any]:
        """Return the counts that were told."""
        counts = self.model_dump(exclude={"cost"}, exclude_none=True)
        return {"unit": "tokens", **counts}


def cost_of(usage: Usage | None) -> Cost:
    """Return the cost as told, to the last digit."""
    if usage is None or usage.cost is None:
        return Cost(None, "not_reported")
    return Cost(format(usage.cost, "f"), "provider")

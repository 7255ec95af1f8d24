"""Embeddings from the endpoint."""

from typing import Annotated, Any

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from services.creatorcore.endpoint.client import EndpointClient
from services.creatorcore.endpoint.usage import Usage, cost_of
from services.creatorcore.makers import Embedded
from services.creatorcore.settings import Endpoint

# Models take some 8 000 tokens; in scripts with a token a letter that is this many letters.
LONGEST_INPUT = 8000
MOST_DIMENSIONS = 16_384


class _Item(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    embedding: Annotated[
        list[Annotated[float, Field(allow_inf_nan=False)]], Field(min_length=1, max_length=MOST_DIMENSIONS)
    ]


class _Answer(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    data: Annotated[list[_Item], Field(min_length=1, max_length=1)]
    model: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    usage: Usage | None = None


class EndpointEmbedder:
    """Asks the endpoint for the vector of a text; of a long one, of its beginning."""

    def __init__(self, endpoint: Endpoint, *, timeout_s: float) -> None:
        self.model = endpoint.model
        self._client = EndpointClient("embedding", endpoint, timeout_s=timeout_s)

    @property
    def problem(self) -> str | None:
        """What the last request met with."""
        return self._client.problem

    async def embed(self, text: str) -> Embedded:
        """Return the text's vector, under the name of the model that the endpoint says it used.

        Raises:
            EndpointFailure: There is none.
        """
        body = {"model": self.model, "input": text[:LONGEST_INPUT], "encoding_format": "float"}
        answer = self._validated(await self._client.ask("/embeddings", body, repeatable=True))
        vector = np.array(answer.data[0].embedding, dtype=np.float64)
        length = float(np.linalg.norm(vector))
        if not length or not np.isfinite(length):
            self._client.refuse("sent a vector without a direction")
        return Embedded(
            (vector / length).astype(np.float32), answer.model or self.model, cost_of(answer.usage)
        )

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    def _validated(self, answer: dict[str, Any]) -> _Answer:
        try:
            return _Answer.model_validate(answer)
        except ValidationError:
            self._client.refuse("answered without an embedding")

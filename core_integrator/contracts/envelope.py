"""The one envelope: what ``POST /core`` takes and what it answers."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

ModuleName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
UserId = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")]


class CoreRequest(BaseModel):
    """One request to one module."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    module: ModuleName = Field(default=..., description="Which module serves it.", examples=["video"])
    intent: ModuleName = Field(default=..., description="What the module shall do.", examples=["generate"])
    user_id: UserId = Field(default=..., description="On whose behalf.", examples=["ada"])
    # JSON as it came; the module's own payload model checks it in the gateway.
    data: dict[str, Any] = Field(default_factory=dict, description="The intent's payload.")


class CoreAnswer(BaseModel):
    """A success: what happened in words, and the module's result."""

    model_config = ConfigDict(frozen=True)

    status: Literal["success"] = Field(default="success", description="Always ``success``.")
    message: str = Field(default=..., description="What happened, for a person.")
    result: dict[str, JsonValue] = Field(default=..., description="The module's result.")


class ErrorFacts(BaseModel):
    """Why a request failed, for a program."""

    model_config = ConfigDict(frozen=True)

    code: str = Field(default=..., description="Stable; branch on this.", examples=["unknown_module"])
    details: dict[str, JsonValue] = Field(default_factory=dict, description="Facts that belong to the code.")
    retryable: bool = Field(default=..., description="Whether the same request may succeed later.")
    request_id: str = Field(default=..., description="Quote this when you ask the operator.")


class ErrorResult(BaseModel):
    """The place of the facts in the envelope."""

    error: ErrorFacts = Field(default=..., description="Why it failed.")


class ErrorAnswer(BaseModel):
    """A failure; the HTTP status is the real one."""

    model_config = ConfigDict(frozen=True)

    status: Literal["error"] = Field(default="error", description="Always ``error``.")
    message: str = Field(default=..., description="Why it failed, for a person.")
    result: ErrorResult = Field(default=..., description="Why it failed, for a program.")


class ProblemAnswer(BaseModel):
    """The same failure as a problem document (RFC 9457), for who accepts ``application/problem+json``."""

    model_config = ConfigDict(frozen=True)

    type: str = Field(default=..., description="Names the code.")
    title: str = Field(default=..., description="The HTTP status in words.")
    status: int = Field(default=..., description="The HTTP status.")
    detail: str = Field(default=..., description="Why it failed, for a person.")
    instance: str = Field(default=..., description="Names the request.")
    code: str = Field(default=..., description="Stable; branch on this.")
    details: dict[str, JsonValue] = Field(default=..., description="Facts that belong to the code.")
    retryable: bool = Field(default=..., description="Whether the same request may succeed later.")
    request_id: str = Field(default=..., description="Quote this when you ask the operator.")

"""The two older forms of a module, adapted to the one the hub knows."""

import inspect
from collections.abc import Awaitable, Mapping, Sequence
from typing import Any, cast

from pydantic import BaseModel, ConfigDict

from core_integrator.contracts.agent import Call, Intent, Reply
from core_integrator.contracts.errors import InvalidArgument, ModuleFailure


class AnyPayload(BaseModel):
    """The older forms check their payload themselves, so every object is taken."""

    model_config = ConfigDict(extra="allow")


class LegacyAgent:
    """Wraps an object with ``process(data, context)`` or ``handle_request(intent, data, context)``.

    The object may be sync (it then runs in a thread) or async.  A dictionary with ``status`` other than
    ``success`` becomes an error with its ``message``; every other dictionary is the result.
    """

    def __init__(self, old: object, intents: Sequence[str] = ("generate",)) -> None:
        self._old = old
        method = getattr(old, "handle_request", None) or getattr(old, "process", None)
        if method is None:
            raise TypeError(f"{type(old).__name__} has neither handle_request nor process")
        run = self._run_async if inspect.iscoroutinefunction(method) else self._run
        self.intents = {name: Intent(AnyPayload, run, description=_summary(method)) for name in intents}

    def _ask(self, payload: AnyPayload, call: Call) -> object:
        data = payload.model_extra or {}
        context = {"user_id": call.user_id, "request_id": call.request_id}
        if hasattr(self._old, "handle_request"):
            return self._old.handle_request(call.intent, data, context)
        return cast("Any", self._old).process(data, context)

    def _run(self, payload: AnyPayload, call: Call) -> Reply:
        return _reply(self._ask(payload, call))

    async def _run_async(self, payload: AnyPayload, call: Call) -> Reply:
        return _reply(await cast("Awaitable[object]", self._ask(payload, call)))


def _summary(method: object) -> str:
    return (inspect.getdoc(method) or "").partition("\n")[0]


def _reply(answer: object) -> Reply:
    if not isinstance(answer, Mapping):
        raise ModuleFailure("the module did not answer with a dictionary")
    message = str(answer.get("message", "done"))
    if answer.get("status", "success") != "success":
        raise InvalidArgument(message)
    inner = answer.get("result", answer)
    return Reply(message, inner if isinstance(inner, Mapping) else {"result": inner})

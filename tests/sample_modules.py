"""Modules of a stranger: some behave, some do not."""

import asyncio
import threading
from typing import Any

from pydantic import BaseModel, Field

from core_integrator import Call, Intent, LegacyAgent, Made, RegisterAgent, Reply, WrongState, hookimpl

release_hung = threading.Event()
runs: list[str] = []


class Anything(BaseModel):
    """Takes what comes."""

    text: str = Field(default="", description="Some text.")
    secret: str = Field(default="", description="Never remembered.")


async def echo(payload: Anything, call: Call) -> Reply:
    """Say it again, and count the run."""
    runs.append(call.idempotency_key)
    return Reply("echoed", {"text": payload.text, "key": call.idempotency_key})


async def slow(payload: Anything, call: Call) -> Reply:
    """Take a moment, then say it again."""
    runs.append(call.idempotency_key)
    await asyncio.sleep(0.5)
    return Reply("echoed", {"text": payload.text})


def plain(payload: Anything, call: Call) -> Reply:
    """Say which thread runs a plain function."""
    return Reply("plain", {"thread": threading.current_thread().name})


async def raises(payload: Anything, call: Call) -> Reply:
    """Raise something unexpected, with a secret in it."""
    raise RuntimeError("/home/secret/path and a token")


async def refuses(payload: Anything, call: Call) -> Reply:
    """Refuse for good."""
    runs.append(call.idempotency_key)
    raise WrongState("not now")


async def hangs(payload: Anything, call: Call) -> Reply:
    """Never answer, and swallow being cancelled once."""
    try:
        await asyncio.sleep(3600)
    except asyncio.CancelledError:
        await asyncio.sleep(3600)
    return Reply("never")


def hangs_in_thread(payload: Anything, call: Call) -> Reply:
    """Never answer, in a thread."""
    release_hung.wait(60)
    return Reply("late")


def exits(payload: Anything, call: Call) -> Reply:
    """Try to end the process."""
    raise SystemExit(3)


def rubbish_of(value: Any):
    """Return a function that answers something that is no reply."""

    async def answer(payload: Anything, call: Call) -> Any:
        """Answer what is no reply."""
        return value

    return answer


class Promised(BaseModel):
    """What the intent says it answers."""

    number: int


async def breaks_promise(payload: Anything, call: Call) -> Reply:
    """Answer something else than promised."""
    return Reply("hm", {"number": "many"})


async def make(payload: Anything, call: Call) -> Reply:
    """Have something made."""
    made = Made(call.new_id("txt"), "foreign-1", {"text": payload.text})
    return Reply("made", {"generation_id": made.id}, made=made)


class Rude:
    """Misbehaves in every way."""

    intents = {
        "raises": Intent(Anything, raises),
        "hangs": Intent(Anything, hangs, timeout_s=0.2),
        "hangs_in_thread": Intent(Anything, hangs_in_thread, timeout_s=0.2),
        "exits": Intent(Anything, exits),
        "rubbish_none": Intent(Anything, rubbish_of(None)),
        "rubbish_nan": Intent(Anything, rubbish_of(Reply("nan", {"value": float("nan")}))),
        "rubbish_object": Intent(Anything, rubbish_of(Reply("object", {"value": object()}))),
        "rubbish_surrogate": Intent(Anything, rubbish_of(Reply("surrogate", {"value": "\ud800"}))),
        "breaks_promise": Intent(Anything, breaks_promise, output=Promised),
    }


class Polite:
    """Behaves."""

    intents = {
        "echo": Intent(Anything, echo, private=frozenset({"secret"})),
        "slow": Intent(Anything, slow),
        "plain": Intent(Anything, plain),
        "make": Intent(Anything, make),
        "refuses": Intent(Anything, refuses),
        "look": Intent(Anything, echo, remember=False),
    }


class Old:
    """The older form."""

    def process(self, data, context):
        """Add numbers."""
        if "numbers" not in data:
            return {"status": "error", "message": "numbers are missing"}
        return {"status": "success", "message": "added", "result": {"sum": sum(data["numbers"])}}


class Older:
    """The oldest form."""

    async def handle_request(self, intent, data, context):
        """Answer any intent."""
        return {"intent": intent, "user": context["user_id"], "data": data}


@hookimpl
def register_agents(register: RegisterAgent) -> None:
    """Offer them all."""
    register("rude", Rude)
    register("polite", Polite)
    register("old", lambda: LegacyAgent(Old(), ["add"]))
    register("older", lambda: LegacyAgent(Older(), ["anything", "else"]))

"""Values to remember, and what is asked again and again."""

from datetime import UTC, datetime, timedelta
from typing import Any

from core_integrator.contracts.ports import Feedback, Generation, Interaction, MemoryStore, StoredAnswer

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
ANSWER = StoredAnswer(200, b'{"status": "success"}')


def interaction(number: int, *, user: str = "ada", module: str = "video", **given: Any) -> Interaction:
    """Return the exchange of this number, ``number`` seconds after noon."""
    values: dict[str, Any] = {
        "id": f"int_{number:05d}",
        "intent": "generate",
        "created_at": NOON + timedelta(seconds=number),
        "request": f'{{"number": {number}}}',
        "response": '{"status": "success"}',
    }
    return Interaction(user_id=user, module=module, **(values | given))


def generation(number: int, *, user: str = "ada", module: str = "video", **given: Any) -> Generation:
    """Return the generation of this number, ``number`` seconds after noon."""
    values: dict[str, Any] = {
        "id": f"vid_{number:05d}",
        "created_at": NOON + timedelta(seconds=number),
        "provider_generation_id": f"provider-{number}",
        "payload": {"style": "noir"},
    }
    return Generation(user_id=user, module=module, **(values | given))


def feedback(number: int, *, on: str = "vid_00001", user: str = "ada", score: int = 2) -> Feedback:
    """Return the verdict of this number on a generation."""
    return Feedback(f"fbk_{number:05d}", on, user, NOON, score, command="+2", rating=5, comment="größer 🎬")


async def ids(store: MemoryStore, user: str = "ada", **wanted: Any) -> list[str]:
    """Return the ids of the user's history, newest first."""
    page = await store.history(user, **({"limit": 100} | wanted))
    return [row.id for row in page.rows]


async def take(store: MemoryStore, scope: str = "key", *, body: bytes = b"a", after_s: float = 0) -> Any:
    """Claim a key that is kept for a minute, ``after_s`` seconds after noon."""
    now = NOON + timedelta(seconds=after_s)
    return await store.claim(
        scope, user_id="u", fingerprint=body, now=now, expires_at=now + timedelta(minutes=1)
    )

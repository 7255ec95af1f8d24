"""Which of a user's texts no remembered exchange shows, and how one is shown that is held elsewhere."""

import json
from collections.abc import Mapping, Sequence

from adapters.memory.documents import place
from core_integrator.contracts.ports import Generation, Interaction

_INTENT = "generate"


def unshown(made: Sequence[Generation], shown: Sequence[Interaction], *, limit: int) -> Sequence[Generation]:
    """Return the generations that belong among the newest ``limit`` exchanges and that none of them shows.

    Between the newest and the oldest of ``shown`` no exchange is missing, so what these do not show, none
    does; beyond the oldest that is so only when there are no more.
    """
    oldest = shown[-1].created_at if len(shown) >= limit else None
    texts = [row.response for row in shown if row.intent == _INTENT]
    return [
        one
        for one in made
        if (oldest is None or one.created_at > oldest) and not any(f'"{one.id}"' in text for text in texts)
    ]


def restored(generation: Generation, text: str, source: str) -> Interaction | None:
    """Return the exchange that made a text, as far as it is known; none if the text is another's.

    Ids may be given anew when a service loses its store, so the text has to be the one that was made.
    """
    facts = generation.payload
    if facts.get("text", text) != text:
        return None
    order = {name: facts[name] for name in ("topic", "goal", "type") if facts.get(name) is not None}
    asked = {
        "module": generation.module,
        "intent": _INTENT,
        "user_id": generation.user_id,
        "data": order,
    }
    result = {"generation_id": generation.id, "generated_text": text, "metadata": {"source": source}}
    return Interaction(
        id=f"{source}_{generation.id}",
        user_id=generation.user_id,
        module=generation.module,
        intent=_INTENT,
        created_at=generation.created_at,
        request=_json(asked),
        response=_json({"status": "success", "message": f"text read from {source}", "result": result}),
    )


def merged(
    shown: Sequence[Interaction], found: Sequence[Interaction], *, limit: int
) -> Sequence[Interaction]:
    """Return the newest of both, newest first."""
    return sorted([*shown, *found], key=place, reverse=True)[:limit]


def _json(value: Mapping[str, object]) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))

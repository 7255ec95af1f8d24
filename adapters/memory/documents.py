"""Between the port's values and MongoDB's documents; one place for each direction."""

import json
from collections.abc import Mapping
from typing import Any

from adapters.memory.rows import payload_text
from core_integrator.contracts.clock import microseconds, moment
from core_integrator.contracts.ports import Feedback, Generation, Interaction, Shelf

Document = Mapping[str, Any]


def of_interaction(interaction: Interaction) -> Document:
    """Return an exchange as a document."""
    return {
        "_id": interaction.id,
        "user_id": interaction.user_id,
        "module": interaction.module,
        "intent": interaction.intent,
        "created_us": microseconds(interaction.created_at),
        "request": interaction.request,
        "response": interaction.response,
    }


def interaction(document: Document) -> Interaction:
    """Return the exchange in a document."""
    return Interaction(
        document["_id"],
        document["user_id"],
        document["module"],
        document["intent"],
        moment(document["created_us"]),
        document["request"],
        document["response"],
    )


def of_generation(generation: Generation) -> Document:
    """Return a generation as a document; its payload is a JSON text, so that any key and any number fits."""
    return {
        "_id": generation.id,
        "user_id": generation.user_id,
        "module": generation.module,
        "created_us": microseconds(generation.created_at),
        "provider_generation_id": generation.provider_generation_id,
        "payload": payload_text(generation.payload),
        "interaction_id": generation.interaction_id,
    }


def generation(document: Document) -> Generation:
    """Return the generation in a document."""
    return Generation(
        document["_id"],
        document["user_id"],
        document["module"],
        moment(document["created_us"]),
        document["provider_generation_id"],
        json.loads(document["payload"]),
        document.get("interaction_id"),
    )


def of_feedback(feedback: Feedback) -> Document:
    """Return a verdict as a document."""
    return {
        "_id": feedback.id,
        "generation_id": feedback.generation_id,
        "user_id": feedback.user_id,
        "created_us": microseconds(feedback.created_at),
        "score": feedback.score,
        "command": feedback.command,
        "rating": feedback.rating,
        "comment": feedback.comment,
    }


def feedback(document: Document) -> Feedback:
    """Return the verdict in a document."""
    return Feedback(
        document["_id"],
        document["generation_id"],
        document["user_id"],
        moment(document["created_us"]),
        document["score"],
        document["command"],
        document["rating"],
        document["comment"],
    )


def shelf(shelf: Shelf) -> dict[str, Any]:
    """Return the fields that name a shelf."""
    return {"user_id": shelf.user_id, "module": shelf.module, "kind": shelf.kind}


def maker(generation: Generation) -> Document:
    """Return what the exchange that made a generation shares with it: both were stored at one moment."""
    return {
        "user_id": generation.user_id,
        "module": generation.module,
        "created_us": microseconds(generation.created_at),
    }


def made_by(generation: Generation, interaction: Interaction) -> bool:
    """Tell whether this exchange made the generation: it told the user its id."""
    same_moment = generation.created_at == interaction.created_at
    same_place = (generation.user_id, generation.module) == (interaction.user_id, interaction.module)
    return same_moment and same_place and generation.id in interaction.response


def record_id(shelf: Shelf, record_id: str) -> str:
    """Return the key of a record among all: none of its first three parts holds a slash."""
    return f"{shelf.user_id}/{shelf.module}/{shelf.kind}/{record_id}"


def place(row: Interaction | Generation) -> tuple[int, str]:
    """Return what rows are sorted by."""
    return microseconds(row.created_at), row.id

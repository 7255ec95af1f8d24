"""Between the port's values and database rows; one place for each direction."""

import json
from typing import Any

from core_integrator.contracts.clock import microseconds, moment
from core_integrator.contracts.ports import Feedback, Generation, Interaction

INTERACTION_COLUMNS = "id, user_id, module, intent, created_us, request, response"
GENERATION_COLUMNS = "id, user_id, module, created_us, provider_generation_id, payload, interaction_id"
FEEDBACK_COLUMNS = "id, generation_id, user_id, created_us, score, command, rating, comment"


def interaction_row(interaction: Interaction) -> tuple[Any, ...]:
    """Return the values of :data:`INTERACTION_COLUMNS`."""
    return (
        interaction.id,
        interaction.user_id,
        interaction.module,
        interaction.intent,
        microseconds(interaction.created_at),
        interaction.request,
        interaction.response,
    )


def interaction(row: tuple[Any, ...]) -> Interaction:
    """Return the exchange kept in a row of :data:`INTERACTION_COLUMNS`."""
    row_id, user_id, module, intent, created_us, request, response = row
    return Interaction(row_id, user_id, module, intent, moment(created_us), request, response)


def generation_row(generation: Generation) -> tuple[Any, ...]:
    """Return the values of :data:`GENERATION_COLUMNS`.

    Raises:
        ValueError: The payload is not JSON.
    """
    return (
        generation.id,
        generation.user_id,
        generation.module,
        microseconds(generation.created_at),
        generation.provider_generation_id,
        payload_text(generation.payload),
        generation.interaction_id,
    )


def generation(row: tuple[Any, ...]) -> Generation:
    """Return the generation kept in a row of :data:`GENERATION_COLUMNS`."""
    row_id, user_id, module, created_us, provider_id, payload, exchange = row
    return Generation(row_id, user_id, module, moment(created_us), provider_id, json.loads(payload), exchange)


def feedback_row(feedback: Feedback) -> tuple[Any, ...]:
    """Return the values of :data:`FEEDBACK_COLUMNS`."""
    return (
        feedback.id,
        feedback.generation_id,
        feedback.user_id,
        microseconds(feedback.created_at),
        feedback.score,
        feedback.command,
        feedback.rating,
        feedback.comment,
    )


def feedback(row: tuple[Any, ...]) -> Feedback:
    """Return the verdict kept in a row of :data:`FEEDBACK_COLUMNS`."""
    row_id, generation_id, user_id, created_us, score, command, rating, comment = row
    return Feedback(row_id, generation_id, user_id, moment(created_us), score, command, rating, comment)


def judged(row: tuple[Any, ...]) -> tuple[Feedback, Generation]:
    """Return the verdict and what it judges, kept in a row of both kinds of columns."""
    width = len(FEEDBACK_COLUMNS.split(","))
    return feedback(row[:width]), generation(row[width:])


def payload_text(payload: dict[str, Any]) -> str:
    """Return a generation's payload as JSON text.

    Raises:
        ValueError: It holds something JSON cannot say.
    """
    try:
        return json.dumps(payload, allow_nan=False)
    except (TypeError, RecursionError) as error:
        raise ValueError("the payload of a generation is not JSON") from error

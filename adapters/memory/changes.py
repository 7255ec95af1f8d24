"""Steps from the journal to the primary store.  Doing one twice changes nothing the second time."""

from dataclasses import dataclass

from core_integrator.contracts.ports import Feedback, Generation, Interaction, Record, Shelf


@dataclass(frozen=True, slots=True)
class AddInteraction:
    """Store an exchange."""

    interaction: Interaction


@dataclass(frozen=True, slots=True)
class AddGeneration:
    """Store what was made."""

    generation: Generation


@dataclass(frozen=True, slots=True)
class AddFeedback:
    """Append a verdict."""

    feedback: Feedback


@dataclass(frozen=True, slots=True)
class SettleFeedback:
    """Note that a verdict reached its generator, or never will; both in µs UTC."""

    feedback_id: str
    forwarded_us: int | None
    given_up_us: int | None


@dataclass(frozen=True, slots=True)
class PutRecord:
    """Keep a module's row; an older change never replaces a newer one."""

    shelf: Shelf
    record: Record
    first_us: int
    changed_us: int


@dataclass(frozen=True, slots=True)
class DropGeneration:
    """Forget what was made, with its verdicts."""

    generation_id: str
    user_id: str


@dataclass(frozen=True, slots=True)
class EraseUser:
    """Forget everything of a user up to a moment (µs UTC)."""

    user_id: str
    until_us: int


Change = (
    AddInteraction | AddGeneration | AddFeedback | SettleFeedback | PutRecord | DropGeneration | EraseUser
)

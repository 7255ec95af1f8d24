"""The mirrored memory against its model, over random writes, reads, faults, restarts and erasures."""

from pathlib import Path

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.adapters.memory.machine import MemoryMachine
from tests.mongowire import mongo_program

# Many more run in the soak.
EXAMPLES = 24
STEPS = 15


def test_the_memory_is_what_its_model_says(tmp_path: Path) -> None:
    """Nothing acknowledged is lost, doubled or shown to others, and what was erased stays erased."""
    with mongo_program(tmp_path / "mongo") as server:
        run_state_machine_as_test(
            lambda: MemoryMachine(server, tmp_path),
            settings=settings(
                max_examples=EXAMPLES,
                stateful_step_count=STEPS,
                deadline=None,
                database=None,
                derandomize=True,
                # A failure is told as it happened: shrinking would take minutes of real faults.
                phases=[Phase.generate],
                suppress_health_check=list(HealthCheck),
            ),
        )

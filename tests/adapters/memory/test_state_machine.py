"""The mirrored memory against its model, over random writes, reads, faults, restarts and erasures."""

from pathlib import Path

from hypothesis import settings

from tests.adapters.memory.machine import live

# Many more run in the soak.
SOME_LIVES = settings(max_examples=24, stateful_step_count=15, derandomize=True)


def test_the_memory_is_what_its_model_says(tmp_path: Path) -> None:
    """Nothing acknowledged is lost, doubled or shown to others, and what was erased stays erased."""
    live(tmp_path, SOME_LIVES)

"""The mirrored memory against its model, over random writes, reads, faults, restarts and erasures."""

from pathlib import Path

import pytest
from hypothesis import settings

from tests.adapters.memory.machine import live

# Always the same ones; in the long suite, as in the soak, many that nobody saw before.
SOME_LIVES = settings(max_examples=24, stateful_step_count=15, derandomize=True)
MANY_LIVES = settings(max_examples=200, stateful_step_count=40, derandomize=False)


@pytest.mark.parametrize(
    "how", [pytest.param(SOME_LIVES, id="some"), pytest.param(MANY_LIVES, id="many", marks=pytest.mark.long)]
)
def test_the_memory_is_what_its_model_says(tmp_path: Path, how: settings) -> None:
    """Nothing acknowledged is lost, doubled or shown to others, and what was erased stays erased."""
    live(tmp_path, how)

"""The module through a real gateway, as the hub would call it."""

import integrator_haiku
import pytest

from core_integrator import InvalidArgument
from core_integrator.testing import open_test_hub


async def test_three_lines_are_counted() -> None:
    """The answer holds the count of each line."""
    async with open_test_hub(integrator_haiku) as hub:
        result = await hub.call("haiku", "check", {"text": "old pond\na frog\nsplash"})

    assert result == {"syllables": [2, 2, 1], "haiku": False}


async def test_two_lines_are_no_poem() -> None:
    """The caller learns what is wrong."""
    async with open_test_hub(integrator_haiku) as hub:
        with pytest.raises(InvalidArgument, match="three lines"):
            await hub.call("haiku", "check", {"text": "one\ntwo"})

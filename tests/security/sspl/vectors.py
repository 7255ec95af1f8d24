"""The test vectors, and the keys they are made with."""

import json
from functools import cache
from pathlib import Path
from typing import Any


@cache
def vectors() -> dict[str, Any]:
    """Return the whole file."""
    return json.loads((Path(__file__).parents[1] / "sspl_vectors.json").read_text())

"""Renders one film in a process of its own: an order on standard input, progress lines on standard output.

The first line of the input is ``{"order", "folder"}``.  When the input ends, the parent is gone, and
so are we.
"""

import json
import os
import sys
import threading
from pathlib import Path
from typing import Any

from services.text_to_video.film import FilmOrder, render

PARENT_GONE = 70


def main() -> int:
    """Render, tell how far it is, and end with 0."""
    asked = json.loads(sys.stdin.readline())
    threading.Thread(target=_leave_with_parent, daemon=True).start()
    os.nice(5)
    last = -1.0

    def tell(share: float, stage: str) -> None:
        nonlocal last
        if share - last >= 0.01 or share in {0.0, 1.0}:
            last = share
            _say({"progress": round(share * 100, 1), "stage": stage})

    facts = render(
        FilmOrder(**asked["order"]), Path(asked["folder"]), on_progress=tell, cancelled=lambda: False
    )
    _say({"sha256": facts.sha256, "words_spoken": facts.words_spoken, "words_given": facts.words_given})
    return 0


def _say(line: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def _leave_with_parent() -> None:
    sys.stdin.read()
    os._exit(PARENT_GONE)


if __name__ == "__main__":
    sys.exit(main())

"""The guarded application as a program of its own: prints its port, ends with its standard input."""

import sys

from tests.security.sspl.serving import Hub, listening

with listening(Hub()) as hub:
    print(hub.port, flush=True)  # noqa: T201 - for whoever started it
    sys.stdin.read()

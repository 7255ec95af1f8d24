"""Ids: unguessable, in the order of their making, and never the same twice."""

import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

from core_integrator.contracts.clock import new_id

FORKS = """
import os
from core_integrator.contracts.clock import new_id
new_id("vid")
reading, writing = os.pipe()
if os.fork() == 0:
    os.write(writing, new_id("vid").encode())
    os._exit(0)
os.wait()
print(os.read(reading, 100).decode(), new_id("vid"))
"""
CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def test_an_id_is_a_ulid_of_the_present() -> None:
    """Other programs read the time out of it."""
    first = new_id("vid")

    assert re.fullmatch(rf"vid_[{CROCKFORD}]{{26}}", first)
    made_ms = sum(CROCKFORD.index(digit) * 32**place for place, digit in enumerate(reversed(first[4:14])))
    assert 1_700_000_000_000 < made_ms < 5_000_000_000_000


def test_threads_never_get_the_same_id() -> None:
    """Modules make ids in threads, and an id is what owns a film."""
    with ThreadPoolExecutor(8) as threads:
        ids = [
            each
            for some in threads.map(lambda _: [new_id("vid") for _ in range(2000)], range(8))
            for each in some
        ]

    assert len(set(ids)) == len(ids)


def test_a_forked_process_does_not_repeat_its_parents_ids() -> None:
    """What was fetched from the system before a fork would else be handed out twice."""
    told = subprocess.run([sys.executable, "-c", FORKS], capture_output=True, text=True, check=True).stdout

    child, parent = told.split()
    assert child[-16:] != parent[-16:]

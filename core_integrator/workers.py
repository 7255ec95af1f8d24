"""Worker processes end with the process that started them, however that ends."""

import ctypes
import os
import signal

_SET_PARENT_DEATH_SIGNAL = 1


def end_with_parent() -> None:
    """Ask the kernel for a SIGTERM when the parent dies (Linux, prctl(2)); elsewhere nothing happens.

    A supervisor that was killed would else leave its workers behind, serving on the port that its successor
    needs.
    """
    parent = os.getppid()
    prctl = getattr(ctypes.CDLL(None), "prctl", None)
    if prctl is None:
        return
    prctl(_SET_PARENT_DEATH_SIGNAL, signal.SIGTERM)
    if os.getppid() != parent:
        # It died before we asked.
        signal.raise_signal(signal.SIGTERM)

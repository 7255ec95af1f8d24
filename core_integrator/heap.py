"""How a hub process treats its memory."""

import gc

# Allocations before the youngest are looked at, and how many such looks before the older ones are.
THRESHOLDS = (50_000, 20, 50)


def settle_heap() -> None:
    """Take what the start made out of the garbage collector's sight, and let it look less often.

    Modules, schemas and routes live as long as the process.  Looking through them again and again made the
    slowest one in a hundred answers three times as slow.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)

"""Run the server as a program: ``python -m tests.mongowire --port 0 --journal FILE``.

Its port is the first line it writes.
"""

import argparse
import asyncio
import gc
import signal
import sys
from pathlib import Path

from tests.mongowire.faults import Faults
from tests.mongowire.server import serving


async def serve(arguments: argparse.Namespace) -> None:
    """Serve until asked to end."""
    ending = asyncio.Event()
    loop = asyncio.get_running_loop()
    for signal_number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(signal_number, ending.set)
    if arguments.until_stdin_ends:
        # Who started it holds the other end: killed, it takes this server along.
        loop.add_reader(sys.stdin.fileno(), ending.set)
    faults = Faults.read(arguments.faults) if arguments.faults else None
    async with serving(port=arguments.port, journal=arguments.journal, faults=faults) as server:
        sys.stdout.write(f"{server.port}\n")
        sys.stdout.flush()
        await ending.wait()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.mongowire", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="loopback port; 0 chooses a free one")
    parser.add_argument("--journal", type=Path, help="file that keeps acknowledged writes")
    parser.add_argument("--faults", type=Path, help="JSON list of faults in force from the start")
    parser.add_argument("--until-stdin-ends", action="store_true", help="end when the standard input does")
    # Documents are trees: the collector would only walk them all again and again.
    gc.disable()
    asyncio.run(serve(parser.parse_args()))

"""The journal: changes on disk before they are acknowledged, read again at the next start."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Self

import bson

from tests.mongowire.values import CODEC, Document

_LENGTH_BYTES = 4


class Journal:
    """A file of BSON documents, each the changes of one command.

    What was appended is with the operating system: it outlives the process, not the machine.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        os.close(self._file)

    def replay(self) -> Iterator[Document]:
        """Yield every change in order, and cut off what a crash left half written."""
        content = self._path.read_bytes()
        start = 0
        while (end := _end_of_record(content, start)) is not None:
            yield from bson.decode(content[start:end], CODEC)["changes"]
            start = end
        os.truncate(self._file, start)

    def append(self, changes: list[Document]) -> None:
        """Write changes as one record and hand it to the operating system."""
        record = memoryview(bson.encode({"changes": changes}, codec_options=CODEC))
        while record:
            record = record[os.write(self._file, record) :]


def _end_of_record(content: bytes, start: int) -> int | None:
    """Return where the record at ``start`` ends; none if it is not all there."""
    length = int.from_bytes(content[start : start + _LENGTH_BYTES], "little")
    end = start + length
    is_whole = length > _LENGTH_BYTES and end <= len(content) and content[end - 1] == 0
    return end if is_whole else None

"""Cursors: answers handed out in batches, from a picture of the documents taken at the start."""

import itertools
from typing import Any

import bson
from bson import Int64
from bson.raw_bson import RawBSONDocument

from tests.mongowire.errors import CommandError
from tests.mongowire.values import CODEC, Document

FIRST_BATCH = 101
_BATCH_BYTES = 16 * 1024 * 1024


class Cursors:
    """The cursors that are open, by their ids."""

    def __init__(self) -> None:
        self._ids = itertools.count(1_000_000)
        self._open: dict[int, tuple[str, list[Document], int]] = {}

    def first(
        self, namespace: str, documents: list[Document], size: int | None, *, single: bool = False
    ) -> Document:
        """Return the first batch, with the id of a new cursor if there is more to come."""
        batch = _batch(documents, 0, FIRST_BATCH if size is None else size)
        left = len(batch) < len(documents) and not single
        cursor_id = next(self._ids) if left else 0
        if left:
            self._open[cursor_id] = (namespace, documents, len(batch))
        return {"cursor": {"firstBatch": batch, "id": Int64(cursor_id), "ns": namespace}}

    def more(self, cursor_id: int, size: int | None) -> Document:
        """Return the next batch of a cursor.

        Raises:
            CommandError: There is no such cursor, as after a restart.
        """
        if cursor_id not in self._open:
            raise CommandError(43, f"cursor id {cursor_id} not found")
        namespace, documents, start = self._open.pop(cursor_id)
        batch = _batch(documents, start, size or len(documents))
        left = start + len(batch) < len(documents)
        if left:
            self._open[cursor_id] = (namespace, documents, start + len(batch))
        return {"cursor": {"nextBatch": batch, "id": Int64(cursor_id if left else 0), "ns": namespace}}

    def close(self, cursor_ids: list[int]) -> Document:
        """Close cursors, and tell which of them were open."""
        known = [one for one in cursor_ids if self._open.pop(one, None)]
        unknown = [one for one in cursor_ids if one not in known]
        return {"cursorsKilled": known, "cursorsNotFound": unknown, "cursorsAlive": [], "cursorsUnknown": []}


def _batch(documents: list[Document], start: int, size: int) -> list[Any]:
    """Encode documents until the number or the size of a batch is reached; one always fits."""
    batch: list[RawBSONDocument] = []
    total = 0
    for document in itertools.islice(documents, start, start + size):
        raw = bson.encode(document, codec_options=CODEC)
        total += len(raw)
        if batch and total > _BATCH_BYTES:
            break
        batch.append(RawBSONDocument(raw))
    return batch

"""Messages on the wire: OP_MSG both ways, and the OP_QUERY that drivers begin a connection with."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

import bson

from tests.mongowire.values import CODEC, Document

_HEADER = struct.Struct("<iiii")  # length, id, id answered, operation
_SECTION_SIZE = struct.Struct("<i")
_FLAGS = struct.Struct("<I")
_OP_REPLY, _OP_QUERY, _OP_MSG = 1, 2004, 2013
_CHECKSUM_PRESENT, _MORE_TO_COME = 1, 2
_CHECKSUM_BYTES = 4
MAX_MESSAGE_BYTES = 48_000_000
_REPLY_HEAD = struct.pack("<iqii", 8, 0, 0, 1)  # await-capable, no cursor, from the first, one document


class MessageError(Exception):
    """The bytes received are no message of the protocol."""


@dataclass(frozen=True, slots=True)
class Request:
    """A command with what is needed to answer it; ``$db`` is always in it."""

    command: Document
    id: int
    operation: int
    wants_reply: bool


def take_requests(received: bytearray) -> Iterator[Request]:
    """Yield the requests that have come in whole, and take them out of what was received.

    Raises:
        MessageError: This is no MongoDB driver.
    """
    for message in take_messages(received):
        yield read(message)


def take_messages(received: bytearray) -> Iterator[bytes]:
    """Yield the messages that have come in whole, and take them out of what was received."""
    while len(received) >= _HEADER.size:
        length = _SECTION_SIZE.unpack_from(received)[0]
        if not _HEADER.size <= length <= MAX_MESSAGE_BYTES:
            raise MessageError(f"a message of {length} bytes")
        if len(received) < length:
            return
        message = bytes(received[:length])
        del received[:length]
        yield message


def read(message: bytes) -> Request:
    """Read one message.

    Raises:
        MessageError: It is neither OP_MSG nor OP_QUERY.
    """
    _, request_id, _, operation = _HEADER.unpack_from(message)
    if operation == _OP_MSG:
        flags = _FLAGS.unpack_from(message, _HEADER.size)[0]
        end = len(message) - (_CHECKSUM_BYTES if flags & _CHECKSUM_PRESENT else 0)
        command = _sections(message, _HEADER.size + _FLAGS.size, end)
        return Request(command, request_id, operation, wants_reply=not flags & _MORE_TO_COME)
    if operation == _OP_QUERY:
        name_at = _HEADER.size + _FLAGS.size
        name_end = message.index(b"\0", name_at)
        command = bson.decode(message[name_end + 9 :], CODEC)
        database = message[name_at:name_end].decode().partition(".")[0]
        return Request({**command, "$db": database}, request_id, operation, wants_reply=True)
    raise MessageError(f"operation {operation}")


def _sections(message: bytes, at: int, end: int) -> Document:
    """Return the command of an OP_MSG; documents sent beside it become fields of it."""
    command: Document = {}
    beside: Document = {}
    while at < end:
        kind, at = message[at], at + 1
        size = _SECTION_SIZE.unpack_from(message, at)[0]
        if kind == 0:
            command = bson.decode(message[at : at + size], CODEC)
        else:
            name_end = message.index(b"\0", at + _SECTION_SIZE.size)
            name = message[at + _SECTION_SIZE.size : name_end].decode()
            beside[name] = bson.decode_all(message[name_end + 1 : at + size], CODEC)
        at += size
    return {**command, **beside}


def answer(request: Request, reply: Document) -> bytes:
    """Return the bytes that answer a request."""
    body = bson.encode(reply, codec_options=CODEC)
    if request.operation == _OP_QUERY:
        length = _HEADER.size + len(_REPLY_HEAD) + len(body)
        return _HEADER.pack(length, 0, request.id, _OP_REPLY) + _REPLY_HEAD + body
    return _message(body, answers=request.id)


def ask(command: Document) -> bytes:
    """Return the bytes that a driver would send to have a command carried out."""
    return _message(bson.encode(command, codec_options=CODEC), answers=0)


def _message(body: bytes, *, answers: int) -> bytes:
    length = _HEADER.size + _FLAGS.size + 1 + len(body)
    return _HEADER.pack(length, 1, answers, _OP_MSG) + bytes(_FLAGS.size + 1) + body

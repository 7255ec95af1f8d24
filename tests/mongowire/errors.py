"""What a command is refused with, under the codes a real server uses."""

from typing import Any

from tests.mongowire.values import Document, shown

NAMES = {
    2: "BadValue",
    8: "UnknownError",
    9: "FailedToParse",
    14: "TypeMismatch",
    20: "IllegalOperation",
    26: "NamespaceNotFound",
    27: "IndexNotFound",
    28: "PathNotViable",
    40: "ConflictingUpdateOperators",
    43: "CursorNotFound",
    48: "NamespaceExists",
    53: "InvalidIdField",
    59: "CommandNotFound",
    66: "ImmutableField",
    85: "IndexOptionsConflict",
    86: "IndexKeySpecsConflict",
    91: "ShutdownInProgress",
    112: "WriteConflict",
    121: "DocumentValidationFailure",
    189: "PrimarySteppedDown",
    238: "NotImplemented",
    10107: "NotWritablePrimary",
    11000: "DuplicateKey",
    11600: "InterruptedAtShutdown",
    17419: "ResultingDocumentTooLarge",
}


class CommandError(Exception):
    """A command, or one statement of it, is refused."""

    def __init__(self, code: int, message: str, **details: Any) -> None:
        super().__init__(message)
        self.code = code
        self.details = details

    def as_reply(self) -> Document:
        """Return the answer when the whole command is refused."""
        name = NAMES.get(self.code, f"Location{self.code}")
        return {"ok": 0.0, "errmsg": str(self), "code": self.code, "codeName": name, **self.details}

    def as_write_error(self, index: int) -> Document:
        """Return the entry of ``writeErrors`` when one statement of a batch is refused."""
        return {"index": index, "code": self.code, "errmsg": str(self), **self.details}


class DuplicateKey(CommandError):
    """A document would be the second one under a unique key."""

    def __init__(self, namespace: str, index: str, pattern: Document, values: Document) -> None:
        message = (
            f"E11000 duplicate key error collection: {namespace} index: {index} dup key: {shown(values)}"
        )
        super().__init__(11000, message, keyPattern=pattern, keyValue=values)


class Unsupported(CommandError):
    """A real server could do it; this one says so instead of guessing."""

    def __init__(self, what: str) -> None:
        super().__init__(238, f"the test server does not support {what}")


def refuse_options(statement: Document, *names: str) -> None:
    """Refuse a statement with an option that would change its meaning if it were ignored."""
    for name in names:
        if statement.get(name):
            raise Unsupported(f"the option {name}")

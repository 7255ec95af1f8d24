"""Passwords: which are good enough, and how they are kept and checked."""

import asyncio
import base64
import secrets
import unicodedata
from collections.abc import Callable
from typing import Annotated, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import HashingError, InvalidHashError, VerificationError, VerifyMismatchError
from pydantic import AfterValidator, Field, SecretStr

from core_integrator.contracts.errors import Unavailable

T = TypeVar("T")

SHORTEST = 8
LONGEST = 256
# Each takes 64 MiB and a processor for a while.
AT_ONCE = 2
MOST_WAITING = 64

_WISHES: tuple[tuple[str, Callable[[str], bool]], ...] = (
    ("an upper-case letter", str.isupper),
    ("a lower-case letter", str.islower),
    ("a digit", str.isdecimal),
)


def _strong(password: SecretStr) -> SecretStr:
    letters = password.get_secret_value()
    lacking = [wish for wish, test in _WISHES if not any(map(test, letters))]
    if lacking:
        raise ValueError(f"it lacks {' and '.join(lacking)}")
    return password


# A password that somebody chooses; its reasons never repeat it.
NewPassword = Annotated[SecretStr, Field(min_length=SHORTEST, max_length=LONGEST), AfterValidator(_strong)]


class Passwords:
    """Hashes and checks passwords with Argon2id, a few at once, in threads."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._places = asyncio.Semaphore(AT_ONCE)
        self._waiting = 0
        self._decoy = _nobodys_hash(self._hasher)

    async def hash(self, password: str) -> str:
        """Return what is kept of a password.

        Raises:
            Unavailable: Too many wait already.
        """
        try:
            return await self._in_turn(lambda: self._hasher.hash(_normal(password)))
        except HashingError as error:
            raise Unavailable("passwords cannot be kept now", retry_after_s=1) from error

    async def matches(self, password: str, kept: str | None) -> bool:
        """Tell whether a password is the kept one; without a kept one false, after the same work.

        Raises:
            Unavailable: Too many wait already.
        """
        try:
            return await self._in_turn(lambda: self._hasher.verify(kept or self._decoy, _normal(password)))
        except VerifyMismatchError:
            return False
        except (VerificationError, InvalidHashError) as error:
            raise Unavailable("passwords cannot be checked now", retry_after_s=1) from error

    def is_outdated(self, kept: str) -> bool:
        """Tell whether a hash was made with weaker parameters than today's."""
        return self._hasher.check_needs_rehash(kept)

    async def _in_turn(self, work: Callable[[], T]) -> T:
        if self._waiting >= MOST_WAITING:
            raise Unavailable("too many passwords are being checked", retry_after_s=1)
        self._waiting += 1
        try:
            async with self._places:
                return await asyncio.to_thread(work)
        finally:
            self._waiting -= 1


def _normal(password: str) -> str:
    # The same letters typed on another keyboard may come composed otherwise.
    return unicodedata.normalize("NFKC", password)


def _nobodys_hash(hasher: PasswordHasher) -> str:
    """Return a hash of nothing anybody knows, with the parameters of every other."""
    salt, digest = (
        base64.b64encode(secrets.token_bytes(length)).decode().rstrip("=")
        for length in (hasher.salt_len, hasher.hash_len)
    )
    costs = f"m={hasher.memory_cost},t={hasher.time_cost},p={hasher.parallelism}"
    return f"$argon2id$v=19${costs}${salt}${digest}"

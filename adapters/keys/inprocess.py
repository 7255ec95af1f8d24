"""The key registry's double: kept in this process and gone with it."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import replace

from core_integrator.contracts.signing import KeyTaken, SigningKey


class InProcessKeys:
    """Keeps keys for tests; see :class:`KeyRegistry`."""

    def __init__(self, keys: Iterable[SigningKey] = ()) -> None:
        self._keys = {key.key_id: key for key in keys}

    async def find(self, key_id: str) -> SigningKey | None:
        """Return the key of this id, whatever its status."""
        await asyncio.sleep(0)
        return self._keys.get(key_id)

    async def find_public(self, public_key: bytes) -> SigningKey | None:
        """Return the key with these 32 bytes."""
        return next((key for key in await self.listed() if key.public_key == public_key), None)

    async def listed(self) -> Sequence[SigningKey]:
        """Return every key, oldest first."""
        await asyncio.sleep(0)
        return list(self._keys.values())

    async def add(self, key: SigningKey) -> None:
        """Register a key.

        Raises:
            KeyTaken: Its id or its public key is registered already.
        """
        if key.key_id in self._keys or await self.find_public(key.public_key) is not None:
            raise KeyTaken
        self._keys[key.key_id] = key

    async def replace(self, key: SigningKey) -> bool:
        """Write a key anew; false if there is none of its id, or it is revoked."""
        known = await self.find(key.key_id)
        if known is None or known.status == "revoked":
            return False
        self._keys[key.key_id] = replace(
            key, public_key=known.public_key, owner=known.owner, created_by=known.created_by
        )
        return True

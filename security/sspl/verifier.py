"""Proves who signed a request.

The order of the checks is the protection: what is cheap and needs no state comes first, no nonce is spent and
(v3) no byte of the body is read for a signature that is not genuine, and a spent nonce is never given back.
"""

import hashlib
from datetime import datetime

from config import SsplSettings
from core_integrator.contracts.clock import Clock
from core_integrator.contracts.errors import (
    CoverageIncomplete,
    LegacyDisabled,
    Replayed,
    SignatureInvalid,
    SigningStoreUnavailable,
    StorageUnavailable,
    TimestampStale,
)
from core_integrator.contracts.signing import KeyRegistry, LegacyForm, NonceStore, SigningKey
from security.sspl.attempt import Attempt
from security.sspl.dispatch import form_of
from security.sspl.ed25519 import is_signed
from security.sspl.keys import KeyCheck
from security.sspl.legacy import LegacyStamp, has_stamp, messages, read_document, read_legacy, read_stamp
from security.sspl.v2 import read_v2
from security.sspl.v3 import read_v3
from security.sspl.window import Window


class RequestVerifier:
    """Checks signatures against registered keys, and spends their nonces."""

    def __init__(
        self, *, keys: KeyRegistry, nonces: NonceStore, clock: Clock, settings: SsplSettings
    ) -> None:
        self.authorities = settings.authorities
        self._keys = KeyCheck(keys, opaque=settings.opaque_errors)
        self._nonces = nonces
        self._clock = clock
        self._window = Window(settings.max_age_s, settings.skew_s)

    async def prove(self, attempt: Attempt) -> SigningKey:
        """Return the key that signed the request; its body has arrived then, and is the signed one.

        Raises:
            SignatureRejected: The request proves nothing; the subclass says why.
            SigningStoreUnavailable: Keys or nonces cannot be looked up; nothing is served meanwhile.
            RateLimited: This caller asks too often.
            TooLarge: The body is longer than the route takes.
            MalformedRequest: The body did not arrive in time, or the caller left.
        """
        form = form_of(attempt.request.fields)
        # Signatures count whole seconds, and so does the window.
        now = self._clock.now().replace(microsecond=0)
        if form == "v3":
            return await self._prove_v3(attempt, now)
        if form == "v2":
            return await self._prove_v2(attempt, now)
        return await self._prove_legacy(attempt, now)

    async def _prove_v3(self, attempt: Attempt, now: datetime) -> SigningKey:
        request = attempt.request
        presented = read_v3(request)
        key = await self._keys.by_id(attempt, presented.key_id, now)
        self._window.check(presented.created, now.timestamp(), expires=presented.expires)
        presented.check_coverage(request)
        await attempt.admit()
        if not is_signed(presented.base(request), presented.signature, key.public_key):
            raise SignatureInvalid
        until = self._window.nonce_until(presented.created)
        await self._spend(key, presented.nonce, until, created=presented.created)
        await attempt.body.arrive(*presented.digests.hashes)
        if attempt.body.length and not request.has_body:
            raise CoverageIncomplete("the request has a body that was not announced")
        presented.digests.check()
        return key

    async def _prove_v2(self, attempt: Attempt, now: datetime) -> SigningKey:
        presented = read_v2(attempt.request)
        key = await self._keys.by_id(attempt, presented.key_id, now)
        self._window.check(presented.created, now.timestamp())
        await attempt.admit()
        body_sha256 = hashlib.sha256()
        await attempt.body.arrive(body_sha256)
        base = presented.base(attempt.request, body_sha256.digest())
        if not is_signed(base, presented.signature, key.public_key):
            raise SignatureInvalid
        until = self._window.nonce_until(presented.created)
        await self._spend(key, presented.nonce, until, created=presented.created)
        return key

    async def _prove_legacy(self, attempt: Attempt, now: datetime) -> SigningKey:
        request = attempt.request
        presented = read_legacy(request)
        key = await self._keys.by_public_key(attempt, presented.public_key, now)
        if has_stamp(request):
            self._window.check_legacy(read_stamp(request, None).created, now.timestamp())
        await attempt.admit()
        await attempt.body.arrive()
        body = await attempt.body.content()
        document = read_document(body)
        stamp = read_stamp(request, document)
        self._window.check_legacy(stamp.created, now.timestamp())
        signed = messages(request, stamp, body, document)
        form = _form_signed(key, presented.signature, signed)
        await self._spend_legacy(key, form, presented.signature, stamp)
        return key

    async def _spend_legacy(
        self, key: SigningKey, form: LegacyForm, signature: bytes, stamp: LegacyStamp
    ) -> None:
        if form == "L1" and key.legacy_until is not None:
            # L1 leaves time and nonce open to change, but a copy keeps its signature.  It comes first, so
            # that a copy cannot spend nonces of the key's owner.
            await self._take(key, f"sig:{hashlib.sha256(signature).hexdigest()}", key.legacy_until)
            if self._nonces.remembers_since() is not None:
                # A copy may carry any time, so after a loss nothing would tell it from a request.
                raise LegacyDisabled
        until = self._window.legacy_nonce_until(stamp.created)
        await self._spend(key, stamp.nonce, until, created=stamp.created)

    async def _spend(self, key: SigningKey, nonce: str, until: datetime, *, created: float) -> None:
        await self._take(key, nonce, until)
        # Asked after the nonce was taken: only then is it known whether the store lost its memory.
        since = self._nonces.remembers_since()
        if since is not None and created < since.timestamp():
            raise TimestampStale

    async def _take(self, key: SigningKey, nonce: str, until: datetime) -> None:
        try:
            first = await self._nonces.take(key.key_id, nonce, expires_at=until)
        except StorageUnavailable as error:
            raise SigningStoreUnavailable from error
        if not first:
            raise Replayed


def _form_signed(key: SigningKey, signature: bytes, signed: dict[LegacyForm, bytes]) -> LegacyForm:
    for form, message in signed.items():
        if form in key.legacy and is_signed(message, signature, key.public_key):
            return form
    raise SignatureInvalid

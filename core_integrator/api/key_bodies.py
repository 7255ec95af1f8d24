"""What ``/api/v1/keys`` takes and answers."""

import base64
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from core_integrator.contracts.signing import KeyStatus, LegacyForm
from security.key_orders import ALWAYS, KeyOrder
from security.keys import GRACE


def _base64(text: str) -> str:
    try:
        base64.b64decode(text, validate=True)
    except ValueError:
        raise ValueError("this is not base64 (RFC 4648, section 4)") from None
    return text


# For whoever reads the schema; what is refused gets our sentence instead of the pattern.
_WRITTEN = {
    "contentEncoding": "base64",
    "pattern": "^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$",
}
Base64 = Annotated[str, Field(max_length=200, json_schema_extra={**_WRITTEN}), AfterValidator(_base64)]
Names = Annotated[frozenset[Annotated[str, Field(max_length=128)]], Field(max_length=1000)]
KeyId = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$")]
Owner = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]


class Asked(BaseModel):
    """A request about keys; unknown fields are mistakes."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class AskChallenge(Asked):
    """Which key is to be proved."""

    public_key: Base64 = Field(default=..., description="The 32 bytes of an Ed25519 key, in base64.")


class Proven(AskChallenge):
    """A public key, and the signature of a challenge by its private half."""

    challenge: str = Field(default=..., max_length=200, description="As issued for this key.")
    proof: Base64 = Field(default=..., description="The private key's signature of the challenge, in base64.")

    def key(self) -> bytes:
        """Return the public key's bytes."""
        return base64.b64decode(self.public_key)

    def signature(self) -> bytes:
        """Return the proof's bytes."""
        return base64.b64decode(self.proof)


class RegisterKey(Proven):
    """Whose the key is, and what it may do."""

    owner: Owner = Field(default=..., description="Whose key it is.")
    scopes: Names = Field(default=..., description="What it may do: `core:write`, `core:write:video` …")
    subjects: Names = Field(default=..., description="The user ids it may speak for; `*` for any.")
    key_id: KeyId | None = Field(default=None, description="Its name; its thumbprint if left out.")
    not_before: AwareDatetime = Field(default=ALWAYS, description="From when on it may be used.")
    not_after: AwareDatetime | None = Field(default=None, description="Until when it may be used.")
    legacy: frozenset[LegacyForm] = Field(default=frozenset(), description="Old forms it may still use.")
    legacy_until: AwareDatetime | None = Field(default=None, description="Last moment of the old forms.")

    def order(self) -> KeyOrder:
        """Return what is asked for, without the proof."""
        return KeyOrder(
            public_key=self.key(),
            **self.model_dump(include=set(KeyOrder.__dataclass_fields__) - {"public_key"}),
        )


class RotateKey(Proven):
    """The key that takes an old one's place."""

    key_id: KeyId | None = Field(default=None, description="Its name; its thumbprint if left out.")
    grace_days: float = Field(
        default=GRACE.days,
        ge=0,
        le=365,
        strict=True,
        description="Days for which the old one may still be used.",
    )


class Challenge(BaseModel):
    """A question for the holder of a key."""

    challenge: str = Field(
        default=..., description="To be signed, after the line `INTEGRATOR-KEY-PROOF`; good for ten minutes."
    )


class SigningKeyShown(BaseModel):
    """A registered key."""

    key_id: str = Field(default=..., description="Its name, as signatures name it.")
    public_key: str = Field(default=..., description="Base64.")
    owner: str = Field(default=..., description="Whose key it is.")
    scopes: list[str] = Field(default=..., description="What it may do.")
    subjects: list[str] = Field(default=..., description="The user ids it may speak for; `*` for any.")
    status: KeyStatus = Field(default=..., description="Whether it may be used.")
    legacy: list[LegacyForm] = Field(default=..., description="Old forms it may still use.")
    created_by: str = Field(default=..., description="Who registered it.")
    replaced_by: str | None = Field(default=..., description="The key that took its place.")
    not_before: str | None = Field(default=..., description="RFC 3339.")
    not_after: str | None = Field(default=..., description="RFC 3339; none for never.")
    legacy_until: str | None = Field(default=..., description="RFC 3339.")
    revoked_at: str | None = Field(default=..., description="RFC 3339.")


class SigningKeys(BaseModel):
    """All keys."""

    keys: list[SigningKeyShown] = Field(default=..., description="Oldest first.")

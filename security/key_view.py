"""A signing key as people and programs read it."""

import base64
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from core_integrator.contracts.clock import rfc3339
from core_integrator.contracts.signing import SigningKey
from security.key_orders import ALWAYS


def lines(key: SigningKey) -> Mapping[str, str]:
    """Return what to tell of one key, name by name."""
    return {
        "key id": key.key_id,
        "public key": base64_text(key.public_key),
        "owner": key.owner,
        "may": _joined(key.scopes),
        "speaks for": _joined(key.subjects),
        "state": _state(key),
    }


def line(key: SigningKey) -> str:
    """Return a key as one line of a list."""
    return "   ".join((key.key_id, key.owner, _state(key), _joined(key.scopes), _joined(key.subjects)))


def facts(key: SigningKey) -> dict[str, Any]:
    """Return a key as JSON."""
    moments = {
        "not_before": key.not_before,
        "not_after": key.not_after,
        "legacy_until": key.legacy_until,
        "revoked_at": key.revoked_at,
    }
    return {
        "key_id": key.key_id,
        "public_key": base64_text(key.public_key),
        "owner": key.owner,
        "scopes": sorted(key.scopes),
        "subjects": sorted(key.subjects),
        "status": key.status,
        "legacy": sorted(key.legacy),
        "created_by": key.created_by,
        "replaced_by": key.replaced_by,
        **{name: rfc3339(at) if at else None for name, at in moments.items()},
    }


def base64_text(value: bytes) -> str:
    """Write bytes as base64."""
    return base64.b64encode(value).decode()


def _joined(names: frozenset[str]) -> str:
    return " ".join(sorted(names))


def _state(key: SigningKey) -> str:
    if key.status == "revoked":
        return f"revoked {_shown(key.revoked_at)}"
    spans = [("from", None if key.not_before == ALWAYS else key.not_before), ("until", key.not_after)]
    told = "".join(f" {word} {_shown(at)}" for word, at in spans if at)
    forms = f", {'+'.join(sorted(key.legacy))} until {_shown(key.legacy_until)}" if key.legacy else ""
    return f"{key.status}{told}{forms}"


def _shown(at: datetime | None) -> str:
    return rfc3339(at) if at else ""

"""Identities: accounts, sessions and API keys, over ports."""

from security.identities.service import Identities, Means, assemble

__all__ = ["Identities", "Means", "assemble"]

"""A hub's accounts beside the commands that work on them."""

from tests.security.identities.conftest import client, stage

__all__ = ["client", "stage"]

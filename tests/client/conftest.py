"""Fixtures of the client's tests."""

from tests.security.sspl.conftest import hub

__all__ = ["hub"]

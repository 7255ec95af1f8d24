"""For programs that call a hub: signatures for httpx, and clients that raise what the hub refuses."""

from core_integrator.client.answers import Answer, HubError, HubProtocolError, HubUnreachable, Page
from core_integrator.client.auth import SignatureAuth
from core_integrator.client.hub import AsyncHubClient, HubClient

__all__ = [
    "Answer",
    "AsyncHubClient",
    "HubClient",
    "HubError",
    "HubProtocolError",
    "HubUnreachable",
    "Page",
    "SignatureAuth",
]

"""The ``creator`` module: has texts written, takes them apart, passes ratings on."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from agents.creator.agent import CreatorAgent
from bridges.creatorcore import CreatorCoreBridgeClient
from config import BridgeSettings, Settings
from core_integrator import Agent, RegisterAgent, Track, hookimpl


@asynccontextmanager
async def open_creator_agent(settings: BridgeSettings, track: Track) -> AsyncGenerator[Agent, None]:
    """Open the agent together with the bridge it owns."""
    async with CreatorCoreBridgeClient(settings, track=track) as bridge:
        yield CreatorAgent(bridge)


@hookimpl
def register_agents(register: RegisterAgent, settings: Settings, track: Track) -> None:
    """Offer ``creator``."""
    register("creator", lambda: open_creator_agent(settings.creatorcore, track))

"""The ``education`` module: lessons, quizzes, paths, progress and what to repeat."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from agents.education.agent import EducationAgent
from bridges.creatorcore import CreatorCoreBridgeClient
from config import BridgeSettings, Settings
from core_integrator import Agent, RegisterAgent, Track, hookimpl


@asynccontextmanager
async def open_education_agent(settings: BridgeSettings, track: Track) -> AsyncGenerator[Agent, None]:
    """Open the agent together with the bridge it owns."""
    async with CreatorCoreBridgeClient(settings, track=track) as bridge:
        yield EducationAgent(bridge)


@hookimpl
def register_agents(register: RegisterAgent, settings: Settings, track: Track) -> None:
    """Offer ``education``."""
    register("education", lambda: open_education_agent(settings.creatorcore, track))

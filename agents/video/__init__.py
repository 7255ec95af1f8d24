"""The ``video`` module: orders films, says how far they are, streams them, passes ratings on."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from agents.video.agent import VideoAgent
from bridges.video import VideoBridgeClient
from config import BridgeSettings, Settings
from core_integrator import Agent, RegisterAgent, Track, hookimpl


@asynccontextmanager
async def open_video_agent(settings: BridgeSettings, track: Track) -> AsyncGenerator[Agent, None]:
    """Open the agent together with the bridge it owns."""
    async with VideoBridgeClient(settings, track=track) as bridge:
        yield VideoAgent(bridge)


@hookimpl
def register_agents(register: RegisterAgent, settings: Settings, track: Track) -> None:
    """Offer ``video``."""
    register("video", lambda: open_video_agent(settings.video, track))

"""The ``finance`` module: calculates exactly, keeps a ledger, answers questions about it, writes reports."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from agents.finance.agent import FinanceAgent
from bridges.creatorcore import CreatorCoreBridgeClient
from config import BridgeSettings, Settings
from core_integrator import Agent, RegisterAgent, Track, hookimpl


@asynccontextmanager
async def open_finance_agent(settings: BridgeSettings, track: Track) -> AsyncGenerator[Agent, None]:
    """Open the agent together with the bridge it owns."""
    async with CreatorCoreBridgeClient(settings, track=track) as bridge:
        yield FinanceAgent(bridge)


@hookimpl
def register_agents(register: RegisterAgent, settings: Settings, track: Track) -> None:
    """Offer ``finance``."""
    register("finance", lambda: open_finance_agent(settings.creatorcore, track))

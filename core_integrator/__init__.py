"""Core Integrator: one door for many generators.

These names are what a module's author may rely on, and all that is promised.
"""

from core_integrator.contracts.agent import (
    AcceptsFeedback,
    Agent,
    Call,
    FeedbackReceipt,
    Health,
    Intent,
    Made,
    MediaStream,
    OpenAgent,
    RegisterAgent,
    Reply,
    ReportsHealth,
    ServesMedia,
)
from core_integrator.contracts.clock import rfc3339
from core_integrator.contracts.errors import (
    BridgeError,
    BridgeProtocolError,
    BridgeRefusal,
    BridgeTimeout,
    BridgeUnavailable,
    CallerError,
    ContentBlocked,
    Forbidden,
    IntegratorError,
    InvalidArgument,
    InvalidPayload,
    ModuleUnavailable,
    NotFound,
    WrongState,
)
from core_integrator.contracts.events import Event, Track
from core_integrator.contracts.feedback import Verdict
from core_integrator.contracts.ports import Generation, Interaction, Page, Record
from core_integrator.hookspecs import hookimpl
from core_integrator.legacy import LegacyAgent

__all__ = [
    "AcceptsFeedback",
    "Agent",
    "BridgeError",
    "BridgeProtocolError",
    "BridgeRefusal",
    "BridgeTimeout",
    "BridgeUnavailable",
    "Call",
    "CallerError",
    "ContentBlocked",
    "Event",
    "FeedbackReceipt",
    "Forbidden",
    "Generation",
    "Health",
    "IntegratorError",
    "Intent",
    "Interaction",
    "InvalidArgument",
    "InvalidPayload",
    "LegacyAgent",
    "Made",
    "MediaStream",
    "ModuleUnavailable",
    "NotFound",
    "OpenAgent",
    "Page",
    "Record",
    "RegisterAgent",
    "Reply",
    "ReportsHealth",
    "ServesMedia",
    "Track",
    "Verdict",
    "WrongState",
    "hookimpl",
    "rfc3339",
]

"""The hooks a plugin may implement, and what each promises.

Hooks are synchronous and only declare; what opens, waits or fails happens later, when the hub enters what
was declared.  An implementation names the arguments it wants and may leave out the rest.
"""

import pluggy

from config import Settings
from core_integrator.contracts.agent import RegisterAgent
from core_integrator.contracts.events import Event, Track

PROJECT = "core_integrator"

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


@hookspec
def register_agents(register: RegisterAgent, settings: Settings, track: Track) -> None:
    """Offer modules: call ``register(name, open_agent)`` for each.

    Called once per worker, before any request.  ``settings`` is the whole frozen tree; ``track`` tells an
    event to every ``track_event`` hook.  An exception sets this plugin aside, and the hub starts without it.
    """


@hookspec
def track_event(event: Event) -> None:
    """Hear of something that happened.

    Called on the event loop, so it must return at once.  An exception is logged, counted and shown in the
    diagnostics; it never reaches the request.
    """

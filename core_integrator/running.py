"""Runs a stranger's code so that what it raises becomes an error of ours."""

from typing import Any

import structlog

from core_integrator.contracts.agent import Call, Intent, Reply
from core_integrator.contracts.errors import IntegratorError, ModuleFailure
from core_integrator.hosting import HostedModule

log = structlog.get_logger("core_integrator.running")


async def run_guarded(module: HostedModule, intent: Intent[Any], payload: Any, call: Call) -> Reply:
    """Run a call in its module's lane and turn what a stranger's code raises into our errors.

    Raises:
        IntegratorError: What the module raised itself, or ``ModuleFailure`` for anything else.
    """
    try:
        return await module.lane.run(intent, payload, call)
    except IntegratorError:
        raise
    except Exception as error:
        log.error(
            "module.raised",
            module=call.module,
            intent=call.intent,
            request_id=call.request_id,
            exc_info=error,
        )
        raise ModuleFailure(
            f"module {call.module!r} failed; the operator finds the reason by the request id"
        ) from error

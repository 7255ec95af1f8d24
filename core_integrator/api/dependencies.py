"""What routes ask for."""

from typing import Annotated

from fastapi import Depends, Request

from core_integrator.hub import Hub


def _hub(request: Request) -> Hub:
    hub: Hub = request.app.state.hub
    return hub


TheHub = Annotated[Hub, Depends(_hub)]

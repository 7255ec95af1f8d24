"""The shapes of ASGI as plain dictionaries, so that nothing here needs a web framework."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

# What stands in them is written down by the ASGI specification, type by type, not by us.
Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]

Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
ASGIApp = Callable[[Scope, Receive, Send], Awaitable[None]]

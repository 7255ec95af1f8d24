"""Short ways to call a hub."""

from typing import Any

import httpx


def core(
    client: httpx.Client, module: str, intent: str, data: Any = None, *, user: str = "ada", **headers: str
):
    """Call an intent and return the HTTP answer."""
    body = {"module": module, "intent": intent, "user_id": user, "data": data if data is not None else {}}
    return client.post("/core", json=body, headers=headers)


def error_of(answer: httpx.Response) -> dict[str, Any]:
    """Return the error facts after checking that the envelope is whole."""
    body = answer.json()
    assert set(body) == {"status", "message", "result"}
    assert body["status"] == "error"
    assert isinstance(body["message"], str)
    assert body["message"]
    error = body["result"]["error"]
    assert set(error) == {"code", "details", "retryable", "request_id"}
    assert error["request_id"] == answer.headers["x-request-id"]
    return error

"""Thin clients: one method for each thing a hub does."""

from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self

import httpx

from core_integrator.client.answers import Answer, HubUnreachable, Page, read_answer, read_rows

# Longer than a hub waits for its modules, so that its own answer comes first.
TIMEOUT_S = 60.0


class HubClient:
    """Calls a hub; use it as a context manager.  Every method raises :class:`HubError`."""

    def __init__(
        self, base_url: str, *, auth: httpx.Auth | None = None, timeout_s: float = TIMEOUT_S, **options: Any
    ) -> None:
        """Pass ``options`` on to ``httpx.Client``: ``verify``, ``proxy``, ``transport``, ``headers``."""
        self._http = httpx.Client(base_url=base_url, auth=auth, timeout=timeout_s, **options)

    def call(
        self,
        module: str,
        intent: str,
        user_id: str,
        data: Mapping[str, Any] | None = None,
        *,
        idempotency_key: str | None = None,
    ) -> Answer:
        """Have a module do something; with a key, a repeated call does it once."""
        return read_answer(self._send(_core(module, intent, user_id, data, idempotency_key)))

    def feedback(
        self,
        generation_id: str | int,
        user_id: str,
        *,
        command: str | None = None,
        rating: int | None = None,
        comment: str | None = None,
        idempotency_key: str | None = None,
    ) -> Answer:
        """Judge a generation, by command (``+2`` … ``-2``), by rating (1 to 5), or both."""
        verdict = _verdict(generation_id, user_id, command, rating, comment)
        return read_answer(self._send(_post("/feedback", verdict, idempotency_key)))

    def context(self, user_id: str, *, limit: int = 3) -> Page:
        """Return the user's newest exchanges over all modules."""
        return read_rows(self._send(_get("/get-context", user_id=user_id, limit=limit)))

    def history(
        self,
        user_id: str,
        *,
        module: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Page:
        """Return the newest five exchanges of each module; with a limit or a cursor, a page of all."""
        asked = _get("/get-history", user_id=user_id, module=module, limit=limit, cursor=cursor)
        return read_rows(self._send(asked))

    def close(self) -> None:
        """Close its connections."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _send(self, request: dict[str, Any]) -> httpx.Response:
        try:
            return self._http.request(**request)
        except httpx.HTTPError as error:
            raise HubUnreachable(error) from error


class AsyncHubClient:
    """Calls a hub from coroutines; use it as a context manager.  Every method raises :class:`HubError`."""

    def __init__(
        self, base_url: str, *, auth: httpx.Auth | None = None, timeout_s: float = TIMEOUT_S, **options: Any
    ) -> None:
        """Pass ``options`` on to ``httpx.AsyncClient``."""
        self._http = httpx.AsyncClient(base_url=base_url, auth=auth, timeout=timeout_s, **options)

    async def call(
        self,
        module: str,
        intent: str,
        user_id: str,
        data: Mapping[str, Any] | None = None,
        *,
        idempotency_key: str | None = None,
    ) -> Answer:
        """Have a module do something; with a key, a repeated call does it once."""
        return read_answer(await self._send(_core(module, intent, user_id, data, idempotency_key)))

    async def feedback(
        self,
        generation_id: str | int,
        user_id: str,
        *,
        command: str | None = None,
        rating: int | None = None,
        comment: str | None = None,
        idempotency_key: str | None = None,
    ) -> Answer:
        """Judge a generation, by command (``+2`` … ``-2``), by rating (1 to 5), or both."""
        verdict = _verdict(generation_id, user_id, command, rating, comment)
        return read_answer(await self._send(_post("/feedback", verdict, idempotency_key)))

    async def context(self, user_id: str, *, limit: int = 3) -> Page:
        """Return the user's newest exchanges over all modules."""
        return read_rows(await self._send(_get("/get-context", user_id=user_id, limit=limit)))

    async def history(
        self,
        user_id: str,
        *,
        module: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Page:
        """Return the newest five exchanges of each module; with a limit or a cursor, a page of all."""
        asked = _get("/get-history", user_id=user_id, module=module, limit=limit, cursor=cursor)
        return read_rows(await self._send(asked))

    async def aclose(self) -> None:
        """Close its connections."""
        await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def _send(self, request: dict[str, Any]) -> httpx.Response:
        try:
            return await self._http.request(**request)
        except httpx.HTTPError as error:
            raise HubUnreachable(error) from error


def _core(
    module: str, intent: str, user_id: str, data: Mapping[str, Any] | None, idempotency_key: str | None
) -> dict[str, Any]:
    envelope = {"module": module, "intent": intent, "user_id": user_id, "data": dict(data or {})}
    return _post("/core", envelope, idempotency_key)


def _verdict(
    generation_id: str | int, user_id: str, command: str | None, rating: int | None, comment: str | None
) -> dict[str, Any]:
    given = {"command": command, "rating": rating, "comment": comment}
    return {
        "generation_id": generation_id,
        "user_id": user_id,
        **{name: value for name, value in given.items() if value is not None},
    }


def _post(path: str, body: dict[str, Any], idempotency_key: str | None) -> dict[str, Any]:
    headers = {} if idempotency_key is None else {"Idempotency-Key": idempotency_key}
    return {"method": "POST", "url": path, "json": body, "headers": headers}


def _get(path: str, **query: Any) -> dict[str, Any]:
    asked = {name: value for name, value in query.items() if value is not None}
    return {"method": "GET", "url": path, "params": asked}

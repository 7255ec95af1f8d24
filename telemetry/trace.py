"""What follows one request to the generators: its id, its trace context, their share of its time."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from time import perf_counter


class RequestTrace:
    """One request, as bridges see it; ``bridge_s`` grows while it waits for generators."""

    __slots__ = ("bridge_s", "headers")

    def __init__(self, headers: Mapping[str, str]) -> None:
        self.headers = headers
        self.bridge_s = 0.0


_current: ContextVar[RequestTrace | None] = ContextVar("request_trace", default=None)


def start_trace(request_id: str, traceparent: str | None) -> RequestTrace:
    """Begin a trace for the current request; ``traceparent`` is W3C Trace Context, passed on unchanged."""
    headers = {"X-Request-ID": request_id}
    if traceparent:
        headers["traceparent"] = traceparent
    trace = RequestTrace(headers)
    _current.set(trace)
    return trace


def trace_headers() -> Mapping[str, str]:
    """Return the headers that a call for the current request carries."""
    trace = _current.get()
    return trace.headers if trace else {}


@contextmanager
def bridge_timed() -> Iterator[None]:
    """Count the time spent inside towards the current request, if there is one."""
    trace = _current.get()
    started = perf_counter()
    try:
        yield
    finally:
        if trace is not None:
            trace.bridge_s += perf_counter() - started

"""What an endpoint's failures mean, to our caller and to our caller's money."""

from services.creatorcore.errors import ServiceError


class EndpointFailure(ServiceError):
    """The endpoint gave nothing.

    ``maybe_paid`` is true when it may have worked, and be paid, all the same; ``again`` when the same request
    may be sent once more without that danger.
    """

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        maybe_paid: bool = False,
        again: bool = False,
        retry_after_s: int | None = None,
    ) -> None:
        super().__init__(status, code, message, retry_after_s=retry_after_s)
        self.maybe_paid = maybe_paid
        self.again = again


def unreachable(kind: str) -> EndpointFailure:
    """Return the failure to make a connection: nothing was sent."""
    return EndpointFailure(503, "service_unavailable", f"the {kind} endpoint cannot be reached", again=True)


def too_slow(kind: str) -> EndpointFailure:
    """Return the failure to answer in time: what became of the request is unknown."""
    return EndpointFailure(
        504, "upstream_timeout", f"the {kind} endpoint did not answer in time", maybe_paid=True
    )


def nonsense(kind: str, what: str) -> EndpointFailure:
    """Return the failure to answer as agreed, after the endpoint took the request."""
    return EndpointFailure(502, "bad_upstream_answer", f"the {kind} endpoint {what}", maybe_paid=True)


def blocked(kind: str) -> EndpointFailure:
    """Return the refusal of the content itself; asking again would not help."""
    return EndpointFailure(
        422, "content_blocked", f"the {kind} endpoint's content rules refuse this text", maybe_paid=True
    )

"""Generated requests to one operation after the other, signed and with an admin's token beside."""

import secrets
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import requests
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from nacl.signing import SigningKey
from requests.auth import AuthBase
from schemathesis import APIOperation, Case, GenerationMode, openapi
from schemathesis.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from core_integrator.client.signatures import Message, Stamp, sign_v3

CHECKS = [
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
]
TIMEOUT_S = 60

# Puts what the hub knows into a request that was made up: an account's id, a proof that holds.
Known = Callable[[Case], None]


class Proofs(AuthBase):
    """Signs what is sent, as it is sent, and shows a token beside it."""

    def __init__(self, host: str, key_id: str, key: SigningKey, token: Callable[[str], str]) -> None:
        self._host = host
        self._key_id = key_id
        self._key = key
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Put the proofs into the request's headers."""
        address = urlsplit(request.url)
        body = request.body or b""
        message = Message(
            method=request.method,
            authority=self._host,
            path=address.path,
            query=address.query,
            content_type=request.headers.get("Content-Type", ""),
            body=body.encode() if isinstance(body, str) else body,
            idempotency_key=request.headers.get("Idempotency-Key", ""),
        )
        stamp = Stamp(self._key_id, int(time.time()), secrets.token_urlsafe(18))
        request.headers["Host"] = self._host
        request.headers["Authorization"] = f"Bearer {self._token(address.path)}"
        request.headers.update(sign_v3(message, stamp, self._key))
        return request


@dataclass
class Fuzzing:
    """A hub under generated requests, and what it answered to each operation."""

    url: str
    proofs: AuthBase | None = None
    known: Mapping[str, Known] = field(default_factory=dict)
    answers: dict[str, Counter[int]] = field(default_factory=dict)

    def operations(self, prefix: str = "/") -> list[APIOperation]:
        """Return every operation of the document whose path begins so."""
        document = requests.get(f"{self.url}/openapi.json", timeout=TIMEOUT_S).json()
        schema = openapi.from_dict(document)
        schema.config.update(base_url=self.url)
        # Wrong proofs have tests of their own; here every request shall get past the door.
        schema.config.generation.update(with_security_parameters=False)
        return [found.ok() for found in schema.get_all_operations() if found.ok().path.startswith(prefix)]

    def fuzz(self, operation: APIOperation, *, examples: int, number: int) -> None:
        """Send requests that fit the schema, and as many that do not, and check every answer."""
        label = operation.label
        known = self.known.get(label)
        for mode in GenerationMode:
            helped = st.integers(0, 2) if known and mode.is_positive else st.just(1)

            @seed(number)
            @settings(
                max_examples=examples,
                database=None,
                deadline=None,
                phases=[Phase.generate, Phase.shrink],
                suppress_health_check=list(HealthCheck),
            )
            @given(operation.as_strategy(generation_mode=mode), helped)
            def holds(case: Case, luck: int) -> None:
                if known and luck == 0:
                    known(case)
                self._send(label, case)

            try:
                holds()
            except Unsatisfiable:
                # Nothing can be wrong with a request that says nothing.
                assert mode.is_negative, label

    def _send(self, label: str, case: Case) -> None:
        response = case.call(auth=self.proofs, timeout=TIMEOUT_S)
        self.answers.setdefault(label, Counter())[response.status_code] += 1
        # It is documented, for the day on which it happens; that day is not today.
        assert response.status_code != 500, f"{case.as_curl_command()}\n{response.text}"
        case.validate_response(response, checks=CHECKS)

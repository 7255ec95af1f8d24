"""What nobody makes up: ids of what is there, proofs that hold, the right password."""

import base64
import itertools
from collections.abc import Callable
from typing import Any

import httpx
from nacl.signing import SigningKey
from schemathesis import Case

from core_integrator.client import SignatureAuth
from security.possession import prove
from tests.api.calls import core
from tests.fuzz.fuzzing import Known
from tests.journeys.callers import PASSWORD

HOST = "hub.test"
SIGN_IN = {"email": "root@example.org", "password": PASSWORD}
TRANSACTION = {"date": "2026-01-05", "amount": "4500.00", "category": "salary", "type": "income"}
KEY_ID = "fuzz"


class Knowledge:
    """An admin who makes what requests are about."""

    def __init__(self, admin: httpx.Client, pair: SigningKey) -> None:
        self._admin = admin
        self._pair = pair
        self._numbers = itertools.count()

    def register(self, pair: SigningKey, key_id: str) -> None:
        """Register a key that may do anything."""
        may = {"owner": "fuzz", "scopes": ["*"], "subjects": ["*"], "key_id": key_id}
        self._post("keys", {**self._proof(pair), **may})

    def signed_in(self) -> dict[str, Any]:
        """Begin a session."""
        return self._post("auth/login", SIGN_IN)

    def by_operation(self) -> dict[str, Known]:
        """Return what makes a generated request one about something that is there."""
        report, someone = self._report(), self._account()
        verdict = {"generation_id": report, "rating": 4, "user_id": "ada"}
        same = {"current_password": PASSWORD, "new_password": PASSWORD}
        dark = {"key": "theme", "value": "dark", "value_type": "string"}
        return {
            "GET /reports/{generation_id}.{suffix}": _path("generation_id", lambda: report),
            "POST /feedback": _body(lambda: verdict),
            "POST /api/v1/auth/register": _body(self._newcomer),
            "POST /api/v1/auth/login": _body(lambda: SIGN_IN),
            "POST /api/v1/auth/refresh": _body(self._refresh),
            "POST /api/v1/auth/change-password": _body(lambda: same),
            "PUT /api/v1/auth/settings": _body(lambda: dark),
            "PUT /api/v1/auth/api-keys/{key_id}/toggle": _path("key_id", self._api_key),
            "DELETE /api/v1/auth/api-keys/{key_id}": _path("key_id", self._api_key),
            "PUT /api/v1/auth/users/{user_id}/roles": _path("user_id", lambda: someone),
            "PUT /api/v1/auth/users/{user_id}/active": _path("user_id", lambda: someone),
            "DELETE /api/v1/auth/users/{user_id}": _path("user_id", self._account),
            "POST /api/v1/keys": _body(self._signing_key_wish),
            "POST /api/v1/keys/{key_id}/rotate": self._rotation,
            "DELETE /api/v1/keys/{key_id}": _path("key_id", self._signing_key),
        }

    def _post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = self._admin.post(f"/api/v1/{path}", json=body)
        assert answer.is_success, answer.text
        return answer.json()

    def _report(self) -> str:
        with httpx.Client(base_url=self._admin.base_url, headers=self._admin.headers, timeout=60) as program:
            program.auth = SignatureAuth(KEY_ID, bytes(self._pair))
            program.headers["Host"] = HOST
            core(program, "finance", "record", {"transactions": [TRANSACTION]})
            made = core(program, "finance", "generate", {"report_type": "summary", "period": "2026-01"})
        return made.json()["result"]["generation_id"]

    def _newcomer(self) -> dict[str, str]:
        name = f"user_{next(self._numbers)}"
        return {"email": f"{name}@example.org", "password": PASSWORD, "username": name}

    def _account(self) -> str:
        return self._post("auth/register", self._newcomer())["user_id"]

    def _refresh(self) -> dict[str, str]:
        return {"refresh_token": self.signed_in()["refresh_token"]}

    def _api_key(self) -> str:
        for old in self._admin.get("/api/v1/auth/api-keys").json()[50:]:
            self._admin.delete(f"/api/v1/auth/api-keys/{old['id']}").raise_for_status()
        return self._post("auth/api-keys", {"service_name": "s", "key_name": "k"})["id"]

    def _proof(self, pair: SigningKey) -> dict[str, str]:
        public = base64.b64encode(bytes(pair.verify_key)).decode()
        challenge = self._post("keys/challenges", {"public_key": public})["challenge"]
        answer = base64.b64encode(prove(challenge, pair)).decode()
        return {"public_key": public, "challenge": challenge, "proof": answer}

    def _signing_key(self) -> str:
        name = f"key_{next(self._numbers)}"
        self.register(SigningKey.generate(), name)
        return name

    def _signing_key_wish(self) -> dict[str, Any]:
        may = {"owner": "shop", "scopes": ["core:write:video"], "subjects": ["ada"], "legacy": ["L1"]}
        ends = {"legacy_until": "2027-01-01T00:00:00+02:00", "not_after": "2030-01-01T00:00:00Z"}
        return {**self._proof(SigningKey.generate()), **may, **ends}

    def _rotation(self, case: Case) -> None:
        case.path_parameters["key_id"] = self._signing_key()
        case.body = self._proof(SigningKey.generate())


def _path(parameter: str, make: Callable[[], str]) -> Known:
    def put(case: Case) -> None:
        case.path_parameters[parameter] = make()

    return put


def _body(make: Callable[[], dict[str, Any]]) -> Known:
    def put(case: Case) -> None:
        case.body = make()

    return put

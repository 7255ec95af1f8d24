"""A defect of ours is answered like every other failure, and logged whole."""

import httpx
import pytest

from core_integrator.modules import Modules
from tests.api.calls import error_of


def test_what_nobody_foresaw_is_answered_in_the_usual_shape(
    client: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The framework would say it in plain text; the reason is for the log alone."""
    monkeypatch.setattr(Modules, "listing", lambda _: {}["the reason"])

    answer = client.get("/modules")
    problem = client.get("/modules", headers={"Accept": "application/problem+json"})

    assert (answer.status_code, error_of(answer)["code"]) == (500, "internal_error")
    assert (problem.status_code, problem.json()["code"]) == (500, "internal_error")
    assert "the reason" not in answer.text + problem.text
    logs = client.get("/system/logs/latest").json()["logs"]
    defects = [line for line in logs if "the reason" in str(line)]
    assert [line["event"] for line in defects] == ["request.defect"] * 2

"""What operators see when all is well and when a generator is away."""

import httpx
import pytest

from tests.api.calls import core


def test_a_hub_whose_generator_is_away_says_degraded(client: httpx.Client) -> None:
    """Not healthy, not down: text still works, films do not, and the reason is named."""
    health = client.get("/system/health")

    body = health.json()
    assert health.status_code == 200
    assert body["status"] == "degraded"
    assert body["components"]["memory"]["status"] == "healthy"
    assert body["components"]["text_to_video"] == {
        "status": "degraded",
        "reason": "text_to_video cannot be reached",
        "breaker": "closed",
    }
    assert body["insightflow_event"]["integration_score"] == 0.8
    assert body["insightflow_event"]["failing_components"] == ["external_service_ready"]


def test_live_and_ready_do_not_hang_on_a_generator(client: httpx.Client) -> None:
    """An orchestrator must not restart the hub because somebody else is away."""
    assert client.get("/system/live").json() == {"status": "live"}
    assert client.get("/system/ready").status_code == 200


def test_diagnostics_show_the_score_with_its_checks(client: httpx.Client) -> None:
    """A number without its reasons helps nobody."""
    body = client.get("/system/diagnostics").json()

    assert body["integration_ready"] is False
    assert body["integration_score"] == sum(body["integration_checks"].values()) / len(
        body["integration_checks"]
    )
    assert {module["name"] for module in body["modules"]} >= {"sample_text", "video"}


@pytest.mark.parametrize("limit", ["0", "-5", "99999999999999999999", "x", "3"])
def test_log_lines_come_whatever_the_limit(client: httpx.Client, limit: str) -> None:
    """A console page must not break over a number."""
    core(client, "rude", "raises")

    answer = client.get("/system/logs/latest", params={"limit": limit})

    assert answer.status_code == 200
    assert 1 <= answer.json()["count"] <= 200


def test_a_defect_is_found_by_its_request_id(client: httpx.Client) -> None:
    """The caller quotes the id, the operator finds the trace; the caller never sees it."""
    failed = core(client, "rude", "raises", **{"X-Request-ID": "find-me"})

    lines = client.get("/system/logs/latest", params={"limit": 50}).json()["logs"]

    assert "secret" not in failed.text
    traced = [line for line in lines if line.get("request_id") == "find-me" and "exception" in line]
    assert traced


def test_metrics_move_and_name_nobody(client: httpx.Client) -> None:
    """Counters for operators, without users, ids or texts in the labels."""
    core(client, "sample_text", "generate", {"text": "a"}, user="somebody")
    core(client, "nope", "generate", user="somebody")

    text = client.get("/metrics").text

    assert 'integrator_calls_total{intent="generate",module="sample_text",outcome="success"} 1.0' in text
    assert 'integrator_requests_total{method="POST",route="/core",status="200"} 1.0' in text
    assert 'integrator_requests_total{method="POST",route="/core",status="404"} 1.0' in text
    assert 'integrator_memory_ops_total{op="remember",outcome="success"} 1.0' in text
    assert 'integrator_memory_state{state="journal"} 1.0' in text
    assert "integrator_memory_backlog_depth 0.0" in text
    assert "somebody" not in text

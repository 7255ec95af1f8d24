"""Analyses, reports, advice, refused trades and history."""

import importlib.metadata
import json
import re
import sys
from collections.abc import AsyncIterator
from xml.etree import ElementTree

import httpx
import pytest

import agents.finance
from agents.finance.chart import svg
from agents.finance.report import read_facts
from config import Settings
from core_integrator.testing import TestHub, open_test_hub
from tests.agents.finance.asking import ROWS, finance, refused
from tests.api.calls import core, error_of
from tests.bridges.wire import answer, playing

FIGURES = ("totals", "by_category", "by_month", "savings_rate", "average_per_month", "trend", "outliers")
MADE = {
    "generation_id": "g1",
    "generated_text": "You saved most of it.",
    "metadata": {"model": "reference-text-1"},
}


@pytest.fixture(scope="module")
def asked(client: httpx.Client) -> httpx.Client:
    """The hub, with the five rows of CI-07 kept for ada."""
    finance(client, "record", {"transactions": ROWS})
    return client


def parsed(drawn: bytes) -> ElementTree.Element:
    """Read a chart as XML."""
    return ElementTree.fromstring(drawn)  # noqa: S314 - what our own hub has just drawn


def test_analyze_shows_the_figures_of_the_acceptance_case(asked: httpx.Client) -> None:
    """Totals, January, and what is derived from them (CI-07)."""
    figures = finance(asked, "analyze", {})

    assert figures["totals"] == {"income": "5000.00", "spending": "1100.75", "net": "3899.25"}
    january, february = figures["by_month"]
    assert (january["month"], january["spending"], january["savings_rate"]) == ("2026-01", "1020.50", "59.18")
    assert figures["trend"]["slope_per_month"] == f"{float(february['net']) - float(january['net']):.2f}"
    assert {one["category"]: one["spending"] for one in figures["by_category"]} == {
        "rent": "900.00",
        "groceries": "200.75",
        "salary": "0.00",
    }
    assert finance(asked, "analyze", {"period": "2026-01"})["totals"]["spending"] == "1020.50"


@pytest.mark.parametrize("kind", ["summary", "spending", "income", "cashflow"])
def test_a_report_has_the_figures_of_analyze(asked: httpx.Client, kind: str) -> None:
    """And its Markdown and chart can be fetched (CI-07)."""
    figures = finance(asked, "analyze", {"period": "2026"})
    report = finance(asked, "generate", {"report_type": kind, "period": "2026"})

    assert {name: report[name] for name in FIGURES} == {name: figures[name] for name in FIGURES}
    assert report["report_url"] == f"/reports/{report['report_id']}.md"
    written = asked.get(report["report_url"])
    assert written.status_code == 200
    assert written.headers["content-type"] == "text/markdown; charset=utf-8"
    assert "3899.25" in written.text
    drawn = asked.get(report["chart_url"])
    assert drawn.status_code == 200
    assert drawn.headers["content-type"] == "image/svg+xml"
    assert "default-src 'none'" in drawn.headers["content-security-policy"]
    assert parsed(drawn.content).tag == "{http://www.w3.org/2000/svg}svg"


def test_a_report_can_be_rated(asked: httpx.Client) -> None:
    """It is a generation like any other."""
    report = finance(asked, "generate", {})

    rated = asked.post(
        "/feedback", json={"user_id": "ada", "generation_id": report["generation_id"], "command": "+1"}
    )

    assert rated.json()["result"]["stored"] is True


def test_what_users_write_is_no_markup_in_a_report(client: httpx.Client) -> None:
    """A category may look like a link, a tag or a table cell; it stays text, and loads nothing."""
    nasty = "<script>alert(1)</script> [x](http://evil.test) | a"
    finance(client, "record", {"transactions": [{**ROWS[0], "category": nasty}]}, user="nasty")
    report = finance(client, "generate", {"report_type": "spending"}, user="nasty")

    written = client.get(report["report_url"]).text
    drawn = client.get(report["chart_url"]).text

    assert "<script" not in written
    assert "[x](" not in written
    assert not re.search(r"(?<!\\)\| a", written)
    assert "<script" not in drawn
    assert not re.search(r"""(href|src)\s*=|@import|url\(""", drawn)
    texts = [text for element in parsed(drawn.encode()).iter() for text in [element.text or ""]]
    assert any("alert(1)" in text for text in texts)


def test_a_chart_is_the_same_bytes_every_time(client: httpx.Client) -> None:
    """No random ids, no dates: caches and tests can rely on it."""
    finance(client, "record", {"transactions": ROWS}, user="twice")
    url = finance(client, "generate", {}, user="twice")["chart_url"]

    assert client.get(url).content == client.get(url).content
    assert b"<!--" not in client.get(url).content


def test_a_report_without_rows_says_so(client: httpx.Client) -> None:
    """Plainly, and it is still an answer."""
    answered = core(client, "finance", "generate", {"report_type": "summary"}, user="empty").json()

    assert "no rows" in answered["message"]
    assert answered["result"]["rows_used"] == 0
    assert answered["result"]["totals"]["net"] == "0.00"
    assert "No rows are stored" in client.get(answered["result"]["report_url"]).text
    assert client.get(answered["result"]["chart_url"]).status_code == 200


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"report_type": "poem"}, "data.report_type"),
        ({"period": "2026-00"}, "data.period"),
        ({"period": "yesterday"}, "data.period"),
        ({"extra": 1}, "data.extra"),
    ],
)
def test_a_report_of_nothing_known_is_refused(client: httpx.Client, data: dict, field: str) -> None:
    """By the field's name."""
    status, fields = refused(client, "generate", data)

    assert (status, fields) == (422, {field})


def test_an_unusual_amount_is_found(client: httpx.Client) -> None:
    """Far from the median of its category, by the rule that is told with it."""
    usual = [{"date": f"2026-01-{day:02}", "amount": -50 - day, "category": "food"} for day in range(1, 11)]
    finance(client, "record", {"transactions": [*usual, {**usual[0], "amount": -900}]}, user="odd")

    figures = finance(client, "analyze", {}, user="odd")

    assert [one["amount"] for one in figures["outliers"]] == ["-900.00"]
    assert figures["outliers"][0]["median"] == "-56.00"
    # 0.6745 * |-900 + 56| / 3
    assert figures["outliers"][0]["score"] == f"{0.6745 * 844 / 3:.2f}"


def test_advice_rests_on_figures(client: httpx.Client) -> None:
    """Each piece names a figure that analyze shows, and the threshold it passed."""
    rows = [
        {"date": "2026-01-01", "amount": 1000, "category": "salary"},
        {"date": "2026-01-02", "amount": -700, "category": "rent"},
        {"date": "2026-02-01", "amount": 1000, "category": "salary"},
        {"date": "2026-02-02", "amount": -1100, "category": "rent"},
        {"date": "2026-02-03", "amount": -50, "category": "food"},
    ]
    finance(client, "record", {"transactions": rows}, user="advised")

    review = finance(client, "review", {}, user="advised")

    found = {(one["rule"], one["figure"]["value"]) for one in review["recommendations"]}
    assert found == {
        ("low_savings_rate", "7.50"),
        ("negative_month", "-150.00"),
        ("large_category", "97.30"),
        ("risen_spending", "1150.00"),
    }
    assert finance(client, "analyze", {}, user="advised")["savings_rate"] == "7.50"


def test_a_sound_ledger_and_an_empty_one_get_no_advice(asked: httpx.Client) -> None:
    """Nothing is recommended for the sake of it."""
    assert [one["rule"] for one in finance(asked, "review", {})["recommendations"]] == ["large_category"]
    answered = core(asked, "finance", "review", {}, user="blank").json()
    assert answered["result"]["recommendations"] == []
    assert "no rows" in answered["message"]


@pytest.mark.parametrize("intent", ["trade", "buy", "sell", "execute_trade"])
def test_trades_are_refused_with_an_outline(client: httpx.Client, intent: str) -> None:
    """Nothing is ordered or remembered; what to look at first is told from the order's own figures."""
    order = {"symbol": "ACME", "quantity": 3, "price": "10.50"}

    error = error_of(core(client, "finance", intent, order, user="trader"))

    assert error["code"] == "invalid_argument"
    assert (error["details"]["symbol"], error["details"]["amount"]) == ("ACME", "31.50")
    outline = error["details"]["analysis_outline"]
    assert any("31.50" in step["question"] for step in outline)
    assert {step["intent"] for step in outline} >= {"query", "calculate", "analyze"}
    assert client.get("/get-history", params={"user_id": "trader"}).json() == []


def test_history_shows_past_calculations_and_questions(client: httpx.Client) -> None:
    """Newest first, page by page, without the rows of schedules; looking is not remembered."""
    calculation = {"calculation": "roi", "params": {"initial": 1, "final": 2}}
    finance(client, "calculate", calculation, user="past")
    finance(client, "record", {"transactions": ROWS}, user="past")
    finance(client, "query", {"question": "net"}, user="past")

    first = finance(client, "history", {"limit": 1}, user="past")
    rest = finance(client, "history", {"limit": 5, "cursor": first["next_cursor"]}, user="past")

    assert [one["data"] for one in first["items"]] == [{"question": "net"}]
    assert [one["data"] for one in rest["items"]] == [calculation]
    assert rest["items"][0]["result"]["value"] == "100.0000"
    assert len(finance(client, "history", {}, user="past")["items"]) == 2


def test_six_calls_leave_five_in_the_hubs_history(client: httpx.Client) -> None:
    """The newest five of each module are shown (CI-03)."""
    for final in range(6):
        finance(
            client, "calculate", {"calculation": "roi", "params": {"initial": 1, "final": final}}, user="six"
        )

    shown = client.get("/get-history", params={"user_id": "six"}).json()
    assert [one["request"]["data"]["params"]["final"] for one in shown] == [5, 4, 3, 2, 1]


async def reported(settings: Settings) -> AsyncIterator[tuple[TestHub, dict]]:
    """Record the five rows in a hub of these settings, and make a report."""
    async with open_test_hub(agents.finance, settings=settings) as hub:
        await hub.call(
            "finance", "record", {"transactions": [{**ROWS[0], "category": "tell-nobody"}, *ROWS[1:]]}
        )
        yield hub, await hub.call("finance", "generate", {})


async def test_a_narrative_is_marked_and_told_only_figures() -> None:
    """Readers see who wrote it; CreatorCore never sees a category, a note or the user's name."""
    async with playing(answer(200, json.dumps(MADE).encode())) as wire:
        async for hub, report in reported(Settings(creatorcore_base_url=wire.url)):
            assert report["narrative"] == {
                "text": "You saved most of it.",
                "source": "creatorcore",
                "model": "reference-text-1",
            }
            told = [request for request in wire.requests if request.startswith(b"POST")]
            assert len(told) == 1
            assert b"3899.25" in told[0]
            assert b"tell-nobody" not in told[0]
            assert b"ada" not in told[0]
            assert "You saved" not in (await hub.remembered())[0].response
            analysis = await hub.call("finance", "analyze", {"narrative": True})
            assert analysis["narrative"]["source"] == "creatorcore"
            assert (await hub.call("finance", "analyze", {}))["narrative"] is None


async def test_figures_never_wait_long_for_a_narrative(monkeypatch: pytest.MonkeyPatch) -> None:
    """CreatorCore answers its probe and then nothing: the report comes without a paragraph."""
    monkeypatch.setattr("agents.finance.narrative.LIMIT_S", 0.1)

    async def silent(_: object) -> bool:
        return True

    async with playing(answer(200, b"{}"), silent) as wire:
        async for _, report in reported(Settings(creatorcore_base_url=wire.url)):
            assert report["narrative"] is None
            assert report["totals"]["net"] == "3899.25"


async def test_rubbish_from_creatorcore_is_no_narrative() -> None:
    """What is no text of the agreed form is left out."""
    async with playing(answer(200, b'{"generated_text": ""}')) as wire:
        async for _, report in reported(Settings(creatorcore_base_url=wire.url)):
            assert report["narrative"] is None


async def test_what_is_kept_of_a_report_stays_small() -> None:
    """However many categories and months there are; the totals still hold them all."""
    rows = [
        {"date": f"{1950 + i // 12}-{i % 12 + 1:02}-01", "amount": -1, "category": f"category {i}"}
        for i in range(600)
    ]
    async with open_test_hub(agents.finance) as hub:
        await hub.call("finance", "record", {"transactions": rows})
        report = await hub.call("finance", "generate", {"report_type": "spending"})
        kept = await hub.memory.generation(report["report_id"], user_id="ada")

    assert len(json.dumps(kept.payload)) < 20_000
    assert kept.payload["totals"]["spending"] == "600.00"
    assert len(report["by_category"]) == 200
    assert sum(float(one["spending"]) for one in report["by_category"]) == 600
    assert svg(read_facts(kept.payload)).startswith(b"<svg")


def test_a_chart_leaves_the_imports_of_the_process_as_they_were(client: httpx.Client) -> None:
    """Its library meddles with them; installed packages must still be found, without a warning."""
    report = core(client, "finance", "generate", {"report_type": "summary"}).json()["result"]
    assert client.get(report["chart_url"]).status_code == 200

    assert importlib.metadata.version("core-integrator")
    assert not [finder for finder in sys.meta_path if type(finder).__module__.startswith("pygal")]

"""The agent: what callers may ask, computed from their parameters and their stored rows."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import asdict
from typing import Any

from agents.finance import examples
from agents.finance.analysis import analyse
from agents.finance.answers import (
    Analyzed,
    Answered,
    Calculated,
    Figures,
    Generated,
    Past,
    Recorded,
    Rejected,
    Reviewed,
)
from agents.finance.asking import answer
from agents.finance.calculations import CALCULATIONS
from agents.finance.chart import svg
from agents.finance.csv_rows import BadCsv, read_csv
from agents.finance.ledger import Intake, take_in
from agents.finance.money import Impossible
from agents.finance.narrative import narrate
from agents.finance.params import Params, Statement, inputs_of
from agents.finance.past import past
from agents.finance.payloads import (
    Analyze,
    Calculate,
    GenerateReport,
    History,
    Query,
    RecordRows,
    Review,
    Trade,
)
from agents.finance.ratios import computed
from agents.finance.recommendations import RULES, recommend
from agents.finance.report import facts_of, markdown, read_facts
from agents.finance.trading import TRADES, refuse
from agents.finance.transactions import read_kept
from bridges.creatorcore import CreatorCoreBridgeClient
from core_integrator import (
    Call,
    Generation,
    Intent,
    InvalidArgument,
    InvalidPayload,
    Made,
    MediaStream,
    NotFound,
    Record,
    Reply,
    rfc3339,
)

KIND = "transaction"
NO_ROWS = "no rows are stored for this"
_CONTENT = {"md": "text/markdown; charset=utf-8", "svg": "image/svg+xml"}
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


class FinanceAgent:
    """Calculates, keeps ledgers, answers questions about them, writes reports; never trades."""

    def __init__(self, bridge: CreatorCoreBridgeClient) -> None:
        self._bridge = bridge
        told = frozenset({"narrative"})
        self.intents: dict[str, Intent[Any]] = {
            "calculate": Intent(
                Calculate,
                self.calculate,
                output=Calculated,
                examples=examples.CALCULATE,
                passing=frozenset({"rows"}),
            ),
            "record": Intent(
                RecordRows,
                self.record,
                output=Recorded,
                examples=examples.RECORD,
                private=frozenset({"transactions", "csv"}),
                passing=frozenset({"rejected"}),
            ),
            "query": Intent(Query, self.query, output=Answered, examples=examples.QUERY),
            "analyze": Intent(
                Analyze, self.analyze, output=Analyzed, examples=examples.ANALYZE, passing=told
            ),
            "generate": Intent(
                GenerateReport, self.generate, output=Generated, examples=examples.GENERATE, passing=told
            ),
            "review": Intent(Review, self.review, output=Reviewed, examples=examples.PERIOD),
            "history": Intent(
                History,
                self.history,
                output=Past,
                examples=[{"limit": 10}],
                remember=False,
                permission="core:read",
            ),
        }
        for name in TRADES:
            self.intents[name] = _refusing(name)

    async def calculate(self, asked: Calculate, call: Call) -> Reply:
        """Compute one of the calculations exactly, with formula and steps."""
        assert isinstance(asked.params, Params)  # noqa: S101 - the payload's validator makes it so
        # A schedule of 10 000 rows is too much for the event loop.
        return await asyncio.to_thread(_calculated, asked.calculation, asked.params)

    async def record(self, given: RecordRows, call: Call) -> Reply:
        """Keep rows; bad ones are listed, a repeated request keeps nothing twice."""
        intake = await asyncio.to_thread(_taken_in, given)
        records = [Record(f"{call.idempotency_key}:{index:06}", text) for index, text in intake.kept]
        if records:
            await call.memory.keep(KIND, records)
        rejected = [Rejected(**asdict(one)) for one in intake.rejected]
        result = Recorded(stored=len(records), rejected=rejected, rejected_count=len(rejected))
        return Reply(f"{len(records)} rows stored, {len(rejected)} rejected", result)

    async def query(self, asked: Query, call: Call) -> Reply:
        """Answer a question about one's rows, and say how it was understood."""
        kept = await self._kept(call)
        today = call.now().date()
        found = await asyncio.to_thread(lambda: answer(asked, read_kept(kept), today))
        return Reply(found.answer, found)

    async def analyze(self, asked: Analyze, call: Call) -> Reply:
        """Show one's rows in figures; figures of a statement add its ratios."""
        figures = await self._figures(asked.period, call)
        statement = asked.figures()
        result = Analyzed(
            **dict(figures),
            ratios=_ratios(statement) if statement else None,
            narrative=await narrate(self._bridge, figures, call) if asked.narrative else None,
        )
        return Reply(_summary(figures), result)

    async def generate(self, asked: GenerateReport, call: Call) -> Reply:
        """Write a report with a chart; its figures are those of analyze."""
        figures = await self._figures(asked.period, call)
        report_id = call.new_id("rep")
        facts = facts_of(figures, asked.report_type, rfc3339(call.now()))
        result = Generated(
            **dict(figures),
            report_id=report_id,
            generation_id=report_id,
            report_type=asked.report_type,
            report_url=call.link(f"/reports/{report_id}.md"),
            chart_url=call.link(f"/reports/{report_id}.svg"),
            narrative=await narrate(self._bridge, figures, call),
        )
        made = Made(report_id, report_id, facts.model_dump(mode="json"))
        return Reply(f"report made; {_summary(figures)}", result, made=made)

    async def review(self, asked: Review, call: Call) -> Reply:
        """Recommend what follows from one's figures, each time with the figure."""
        figures = await self._figures(asked.period, call)
        advice = recommend(figures)
        rules = {name: rule.threshold for name, rule in RULES.items()}
        result = Reviewed(
            period=asked.period, rows_used=figures.rows_used, recommendations=advice, rules=rules
        )
        if not figures.rows_used:
            return Reply(f"{NO_ROWS}, so nothing can be recommended", result)
        return Reply(f"{len(advice)} recommendations from {figures.rows_used} rows", result)

    async def history(self, asked: History, call: Call) -> Reply:
        """List one's past calculations and queries, newest first."""
        page = await past(call, limit=asked.limit, cursor=asked.cursor)
        return Reply(f"{len(page.items)} past calls", page)

    def media(
        self, generation: Generation, suffix: str, *, method: str, headers: Mapping[str, str]
    ) -> AbstractAsyncContextManager[MediaStream]:
        """Open a report (``md``) or its chart (``svg``), written from its facts whenever it is asked for.

        Raises:
            NotFound: It is neither.
        """
        return _opened(generation, suffix)

    async def _kept(self, call: Call) -> list[str]:
        return [record.payload for record in await call.memory.records(KIND)]

    async def _figures(self, period: str | None, call: Call) -> Figures:
        kept = await self._kept(call)
        return await asyncio.to_thread(lambda: analyse(read_kept(kept), period))


def _calculated(name: str, given: Params) -> Reply:
    try:
        outcome = CALCULATIONS[name].outcome(given)
    except Impossible as impossible:
        raise _refused("params", impossible) from None
    result = Calculated(calculation=name, inputs=inputs_of(given), **asdict(outcome))
    return Reply(f"{name}: {outcome.value} {outcome.unit}", result)


def _refused(place: str, impossible: Impossible) -> InvalidArgument:
    path = ".".join(part for part in ("data", place, impossible.field) if part)
    return InvalidArgument(
        f"{path}: {impossible.reason}",
        details={"fields": [{"path": path, "reason": impossible.reason}]},
    )


def _taken_in(given: RecordRows) -> Intake:
    """Read the rows.

    Raises:
        InvalidPayload: The CSV text as a whole cannot be read.
    """
    try:
        rows: Sequence[object] = given.transactions or read_csv(given.csv or "")
    except BadCsv as bad:
        raise InvalidPayload([{"path": "data.csv", "reason": str(bad)}]) from None
    return take_in(rows)


def _ratios(statement: Statement) -> dict[str, str]:
    return {one.name: one.value for one in computed(statement)}


def _summary(figures: Figures) -> str:
    if not figures.rows_used:
        return f"{NO_ROWS}{f' in {figures.period}' if figures.period else ''}: all sums are zero"
    return f"{figures.rows_used} rows, net {figures.totals.net}"


def _refusing(name: str) -> Intent[Any]:
    async def decline(order: Trade, call: Call) -> Reply:
        refuse(order, call.intent)

    return Intent(
        Trade,
        decline,
        description="Refused: this module never trades; the error outlines what to look at first.",
        examples=[{"symbol": "ACME", "amount": 500}],
        remember=False,
        permission="core:read",
    )


@asynccontextmanager
async def _opened(generation: Generation, suffix: str) -> AsyncGenerator[MediaStream, None]:
    write = {"md": lambda facts: markdown(facts).encode(), "svg": svg}.get(suffix)
    if write is None:
        raise NotFound("report")
    body = await asyncio.to_thread(lambda: write(read_facts(generation.payload)))
    headers = {
        "content-type": _CONTENT[suffix],
        "content-length": str(len(body)),
        # User text stands in both: whatever a browser makes of it, it runs and loads nothing.
        "content-security-policy": _POLICY,
        "x-content-type-options": "nosniff",
    }
    yield MediaStream(200, headers, _once(body))


async def _once(body: bytes) -> AsyncIterator[bytes]:
    yield body

"""What a demo ends with: the report in every format, the graph, and the table of verdicts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from monitor.alert import Reason
from monitor.demo.folder import DemoFolder
from monitor.demo.judge import Verdict, judge
from monitor.demo.records import HASHTAG, WATCH, Campaign
from monitor.drawing.draw import draw
from monitor.drawing.drawing import Drawing
from monitor.drawing.write import write
from monitor.inputs import Wanted, opened
from monitor.report.compute import compute
from monitor.report.formats import as_csv, as_json, as_markdown
from monitor.report.report import Report
from monitor.report.span import Span
from monitor.target import Target
from monitor.wiring import App


@dataclass(frozen=True, slots=True)
class ToldRow:
    """One decision about a finding, as it is listed."""

    decided_at: datetime
    kind: str
    since: datetime
    score: float
    told: bool
    reason: Reason


@dataclass(frozen=True, slots=True)
class Results:
    """What there is to show, and where it lies."""

    report: Report
    graph: Drawing
    decisions: list[ToldRow]
    verdicts: list[Verdict]
    digests: list[Path]
    alerts: list[Path]


def write_results(app: App, campaign: Campaign, folder: DemoFolder) -> Results:
    """Compute everything from the store, as the commands do, and write it into the folder."""
    target = Target(WATCH, (HASHTAG.lower(),), watch=WATCH)
    start, end = campaign.start.astimezone(UTC), campaign.end.astimezone(UTC)
    span = Span(start, end, timedelta(hours=1))
    asked = Wanted(WATCH, target.hashtags, watch=WATCH, since=start, until=end)
    graph = draw(opened(app.stores, asked), "amplification")
    write(graph, folder.path / "amplification.gexf")
    with app.stores.open(read_only=True) as store:
        report = compute(store, target, span, config=app.config, now=end).report
        verdicts = judge(store, campaign, report, target)
        decisions = [
            ToldRow(
                decided_at=row["decided_at"],
                kind=row["kind"],
                since=row["from_at"],
                score=row["score_then"],
                told=row["told"],
                reason=Reason(row["reason"]),
            )
            for row in reversed(store.findings.decisions(watch=WATCH))
        ]
    for name, render in (("json", as_json), ("csv", as_csv), ("md", as_markdown)):
        (folder.path / f"report.{name}").write_text(render(report), encoding="utf-8")
    return Results(
        report=report,
        graph=graph,
        decisions=decisions,
        verdicts=verdicts,
        digests=sorted(folder.mail.glob("digest-*.eml")),
        alerts=sorted(folder.mail.glob("alert-*.eml")),
    )

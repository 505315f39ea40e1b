"""`gaung backtest`."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from monitor.cli.books import format_of
from monitor.cli.context import Given, read_time
from monitor.cli.json_text import json_text
from monitor.cli.options import ENGINES, WindowType, input_option, since_option, until_option
from monitor.cli.progress import Step, progress
from monitor.cli.tables import flowed
from monitor.cli.targets import wanted_by

if TYPE_CHECKING:
    from monitor.backtest.replay import Told
    from monitor.backtest.series import Aside, Scored
    from monitor.wiring import App

_TESTING = "testing windows"
_BACKTEST = """Replay the past of TARGET, and show what would have been told, and when.

TARGET is a watch, a #hashtag or `all`, of the store or of --input; each hour is judged only by
those before it. With --series instead, any CSV with the columns `timestamp` and `value`: each line
comes out with what was expected, a score from 0 to 1, and whether that is an alert (0.5 and more,
if balanced). An empty value is a gap, not a zero. Nothing is told before two days of history.

\b
Examples:
  gaung backtest air-bersih --since 28d
  gaung backtest "#IndonesiaGelap" --input tweets.csv
  gaung backtest --series counts.csv --window 5m --format csv -o scored.csv
  gaung backtest --series counts.csv --sensitivity calm
"""


@click.command("backtest", help=_BACKTEST)
@click.argument("target", required=False)
@click.option(
    "--series",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="FILE",
    help="A CSV of timestamp,value instead of the store.",
)
@input_option
@click.option("--engine", "engine_name", type=click.Choice(ENGINES), hidden=True)
@click.option(
    "--window",
    type=WindowType(),
    metavar="WINDOW",
    help="Count by 5m, 1h, …  [default: 1h; of a series, the usual step of its lines]",
)
@click.option(
    "--sensitivity",
    type=click.Choice(["calm", "balanced", "keen"]),
    help="How much an alert takes.  [default: all three; of a series, balanced]",
)
@since_option
@until_option
@click.option("--zone", metavar="ZONE", help="Time zone of times that say none, as Asia/Makassar.")
@click.option(
    "--format",
    "format_name",
    type=click.Choice(["table", "csv", "json"]),
    help="How to write it.  [default: by the ending of -o, else table]",
)
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="PATH", help="Write here.")
@click.pass_obj
def backtest_command(
    given: Given,
    target: str | None,
    series: Path | None,
    path: Path | None,
    engine_name: str | None,
    window: timedelta | None,
    sensitivity: str | None,
    since: str | None,
    until: str | None,
    zone: str | None,
    format_name: str | None,
    output: Path | None,
) -> int:
    """Replay a series, or what is stored or stands in files."""
    from monitor.cli.borrowed import on_files

    _refuse(engine_name)
    if (target is None and path is None) == (series is None):
        raise click.UsageError("name a TARGET, or a file with --input (posts) or --series (counts)")
    app, name = given.app(), format_of(output, format_name, ("table", "json", "csv"))
    if name == "xlsx":
        raise click.BadParameter("a backtest is written as csv, json or a table", param_hint="-o")
    chosen_zone = _zone(zone) or app.config.zone
    if series is not None:
        wanted = sensitivity or "balanced"
        text = _of_series(series, window, wanted, chosen_zone, name)
    else:
        with on_files(app, path) as lent:
            span = (since, until)
            text = _of_target(lent, target or "all", window, sensitivity, span, name)
    if output is None:
        click.echo(flowed(text) if name == "table" else text, nl=False)
    else:
        output.write_text(text, encoding="utf-8")
        click.echo(f"{output}: written", err=True)
    return 0


def _refuse(engine_name: str | None) -> None:
    """Raise a usage error that says why an engine would do nothing here."""
    if engine_name is not None:
        raise click.BadParameter(
            "a backtest only counts posts by the hour, where they are kept, and judges one count "
            "after the other: there is no step for another engine; leave it out",
            param_hint="--engine",
        )


def _zone(name: str | None) -> ZoneInfo | None:
    try:
        return None if name is None else ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise click.BadParameter(
            f"{name!r} is no zone, as Asia/Jakarta", param_hint="--zone"
        ) from error


def _of_series(
    path: Path, window: timedelta | None, sensitivity: str, zone: ZoneInfo, format_name: str
) -> str:
    from monitor.backtest.series import as_csv, read_series, score_series, usual_step
    from monitor.sensitivity import SENSITIVITIES, least_score

    with progress("reading the counts"):
        points, aside = read_series(path, zone=zone)
    _tell_aside(path, aside)
    wanted = next(name for name in SENSITIVITIES if name == sensitivity)
    step = window or usual_step(points)
    with progress("learning what is usual", Step(_TESTING, _TESTING, 2.0)) as bar:
        begun = False

        def tested(done: float, total: float) -> None:
            nonlocal begun
            if not begun:
                begun = True
                bar.step(_TESTING, total, "windows")
            bar.to(done)

        scored = score_series(
            points, window=step, zone=zone, least=least_score(wanted), on_tested=tested
        )
    if format_name == "csv":
        return "".join(as_csv(scored))
    if format_name == "json":
        return json_text(
            "gaung.backtest-series/1",
            {"file": path.name, "window_seconds": step.total_seconds(), "sensitivity": wanted,
             "points": [_row(one) for one in scored]},
        )  # fmt: skip
    return _series_table(path, scored, step)


def _tell_aside(path: Path, aside: list[Aside]) -> None:
    for one in aside[:10]:
        click.echo(f"{path.name}, line {one.line}, {one.field}: {one.reason}; left out", err=True)
    if len(aside) > 10:
        click.echo(f"{path.name}: {len(aside) - 10} more lines left out", err=True)


def _row(one: Scored) -> dict[str, object]:
    return {
        "timestamp": one.point.written,
        "value": one.point.value,
        "expected": one.expected,
        "score": one.score,
        "alert": one.alert,
    }


def _series_table(path: Path, scored: list[Scored], step: timedelta) -> str:
    """Tell the alerts; the other lines are in the other formats."""
    told = [one for one in scored if one.alert]
    gaps = sum(one.point.value is None for one in scored)
    lines = [
        f"{path.name}: {len(scored):,} points of {step}, {gaps} gaps, {len(told)} alerts",
        *(
            f"{one.point.written}  {one.point.value:g} posts, {one.expected or 0:.1f} expected, "
            f"score {one.score or 0:.2f}"
            for one in told
        ),
    ]
    return "\n".join(lines) + "\n"


def _of_target(
    app: App,
    target: str,
    window: timedelta | None,
    sensitivity: str | None,
    span: tuple[str | None, str | None],
    format_name: str,
) -> str:
    from monitor import clock
    from monitor.backtest.replay import replay
    from monitor.measure import measure
    from monitor.report.span import span_of

    now = clock.now()
    step = window or timedelta(hours=1)
    since = read_time(span[0], option="--since", now=now, config=app.config)
    until = read_time(span[1], option="--until", now=now, config=app.config)
    chosen = wanted_by(app, target, None, None, now=now).target
    with progress(_TESTING), app.stores.open(read_only=True) as store:
        asked = span_of(
            store, chosen, since=since, until=until, window=step, now=now, zone=app.config.zone
        )
        measured = measure(
            store,
            chosen,
            since=asked.since,
            until=asked.until,
            window=step,
            zone=app.config.zone,
            alerts=app.config.alerts_of(chosen.watch),
        )
    told = replay(measured, alerts=app.config.alerts, window=step, since=asked.since)
    told = [one for one in told if sensitivity in (None, one.sensitivity)]
    if format_name == "json":
        return json_text(
            "gaung.backtest/1",
            {"target": chosen.name, "since": asked.since, "until": asked.until,
             "window_seconds": step.total_seconds(), "alerts": [asdict(one) for one in told]},
        )  # fmt: skip
    if format_name == "csv":
        return _as_csv(told)
    wanted = [sensitivity] if sensitivity else None
    days = (asked.until - asked.since) / timedelta(days=1)
    return _target_table(chosen.name, told, wanted, days, app.config.zone)


def _iso(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _as_csv(told: list[Told]) -> str:
    from monitor.backtest.replay import Told

    names = list(Told.__dataclass_fields__)
    rows = [
        ",".join("" if value is None else _iso(value) for value in asdict(one).values())
        for one in told
    ]
    return "\n".join([",".join(names), *rows]) + "\n"


def _target_table(
    name: str, told: list[Told], wanted: list[str] | None, days: float, zone: ZoneInfo
) -> str:
    from monitor.sensitivity import SENSITIVITIES

    def moment(at: datetime | None) -> str:
        return "goes on" if at is None else f"{at.astimezone(zone):%Y-%m-%d %H:%M %Z}"

    lines = [f"{name}: {days:.0f} days replayed, each hour by those before it"]
    for sensitivity in wanted or SENSITIVITIES:
        own = [one for one in told if one.sensitivity == sensitivity]
        lines.append(f"\n{sensitivity}: {len(own)} alerts")
        lines += [
            f"  {moment(one.told_at)}  since {moment(one.onset)}: {one.posts} posts, "
            f"{one.expected:g} expected, {one.authors} authors at the peak; until {moment(one.end)}"
            for one in own
        ]
    return "\n".join(lines) + "\n"

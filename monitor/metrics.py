"""The state as Prometheus reads it: text for its node exporter's textfile collector.

What is unknown is left out: there is no number for it, and none must be made up. Names and units
follow https://prometheus.io/docs/practices/naming/, the text its exposition format 0.0.4.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from monitor import __version__
from monitor.errors import OperatorError
from monitor.schedule import LOOKS

Labels = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Metric:
    """One family: its name, what it is, and a value for each set of labels."""

    name: str
    what: str
    kind: str  # gauge, counter
    values: tuple[tuple[Labels, float | None], ...]


def metrics_of(state: dict[str, Any]) -> list[Metric]:
    """Give what `monitor.status.status_of` says as metrics."""
    daemon, mail = state["daemon"], state["outbox"]
    lived = [one["last_run_at"] for one in state["sources"]]
    return [
        _one("gaung_info", "The version that wrote this.", 1, ("version", __version__)),
        _one("gaung_metrics_timestamp_seconds", "When this was written.", state["at"]),
        _one("gaung_daemon_up", "Whether the daemon runs (1) or not (0).", daemon["running"]),
        _one(
            "gaung_daemon_heartbeat_timestamp_seconds",
            "When something last came of the daemon's work; without one, when a source was asked.",
            daemon["worked_at"] or max((at for at in lived if at is not None), default=None),
        ),
        _one("gaung_posts", "Posts in the store that were looked for.", state["posts"]),
        *_of_watches(state["watches"]),
        *_of_sources(state["sources"], state["runs"]),
        *_of_looks(state["runs"], state["unanswered"]),
        _each(
            "gaung_open_gaps",
            "Stretches that are missing and still wanted.",
            [((("source", s),), n) for s, n in _counted(g["source"] for g in state["gaps"])],
        ),
        _each(
            "gaung_outbox_letters",
            "Letters by what became of them.",
            [((("state", s),), mail[s]) for s in ("waiting", "sent", "dead")],
        ),
        _one(
            "gaung_outbox_last_sent_timestamp_seconds",
            "When the mail server last took a letter.",
            mail["last_sent_at"],
        ),
        _one(
            "gaung_problems", "What `gaung status` tells to put right.", len(state["problems"])
        ),
    ]  # fmt: skip


def as_text(metrics: Iterable[Metric]) -> str:
    """Give the exposition format; a family without values is left out."""
    lines: list[str] = []
    for metric in metrics:
        known = [(labels, value) for labels, value in metric.values if value is not None]
        if not known:
            continue
        lines += [f"# HELP {metric.name} {metric.what}", f"# TYPE {metric.name} {metric.kind}"]
        lines += [f"{metric.name}{_labels(labels)} {_number(value)}" for labels, value in known]
    return "\n".join(lines) + "\n"


def write(text: str, path: Path) -> None:
    """Write the file whole, or not at all: it may be read at any time, also by another user."""
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".tmp", dir=path.parent)
    except OSError as error:
        raise OperatorError(f"{path}: cannot be written: {error.strerror}") from error
    beside = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        beside.chmod(0o644)  # the node exporter is another user; nothing in it is about people
        beside.replace(path)
    except OSError as error:
        raise OperatorError(f"{path}: cannot be written: {error.strerror}") from error
    finally:
        beside.unlink(missing_ok=True)


def _of_watches(watches: list[dict[str, Any]]) -> list[Metric]:
    told = (
        ("gaung_watch_posts_last_hour", "Posts of the last hour; none: nobody looked.",
         "posts_last_hour"),
        ("gaung_watch_posts_last_week", "Posts of the last 7 days.", "posts"),
        ("gaung_watch_coverage_ratio", "Share of the last 7 days that was observed.", "coverage"),
        ("gaung_watch_open_bursts", "Bursts that go on.", "open_bursts"),
        ("gaung_watch_paused", "Whether the operator has paused it.", "paused"),
    )  # fmt: skip
    return [
        _each(name, what, [((("watch", w["name"]),), _value(w[key])) for w in watches])
        for name, what, key in told
    ]


def _of_sources(sources: list[dict[str, Any]], runs: list[dict[str, Any]]) -> list[Metric]:
    failing = [
        run["source"]
        for run in runs
        if run["verdict"] in ("failed", "refused") and run["task"] not in LOOKS
    ]
    told = (
        ("gaung_source_last_run_timestamp_seconds", "When it was last asked.", "last_run_at", 0),
        ("gaung_source_last_success_timestamp_seconds", "When it last answered.",
         "last_success_at", 0),
        ("gaung_source_records_total", "Records that came.", "received", 1),
        ("gaung_source_rejected_records_total", "Records that could not be read.", "rejected", 1),
    )  # fmt: skip
    return [
        *(
            _each(name, what, [((("source", s["source"]),), _value(s[key])) for s in sources],
                  kind="counter" if counts else "gauge")
            for name, what, key, counts in told
        ),
        _each(
            "gaung_source_failing_hashtags",
            "Hashtags for which the last run failed or was refused.",
            [((("source", s["source"]),), failing.count(s["source"])) for s in sources],
        ),
    ]  # fmt: skip


def _of_looks(runs: list[dict[str, Any]], unanswered: list[dict[str, Any]]) -> list[Metric]:
    """Return how it goes to ask about known posts: who passed them on, what became of them."""

    def of(row: dict[str, Any]) -> Labels:
        return (("source", row["source"]), ("task", row["task"]))

    return [
        _each(
            "gaung_source_look_failing",
            "Whether the last look at known posts failed (1): expand asks who passed them on, "
            "check what became of them.",
            [
                (of(run), _value(run["verdict"] in ("failed", "refused")))
                for run in runs
                if run["task"] in LOOKS
            ],
        ),
        _each(
            "gaung_source_unanswered_posts",
            "Posts that cannot be asked about, though the source is well.",
            [(of(row), row["posts"]) for row in unanswered],
        ),
    ]


def _counted(values: Iterable[str]) -> list[tuple[str, int]]:
    listed = list(values)
    return [(value, listed.count(value)) for value in sorted(set(listed))]


def _one(name: str, what: str, value: object, *labels: tuple[str, str]) -> Metric:
    return Metric(name, what, "gauge", ((labels, _value(value)),))


def _each(
    name: str, what: str, values: Iterable[tuple[Labels, float | None]], *, kind: str = "gauge"
) -> Metric:
    return Metric(name, what, kind, tuple(values))


def _value(value: object) -> float | None:
    if isinstance(value, datetime):
        return value.timestamp()
    return float(value) if isinstance(value, int | float) else None


def _number(value: float) -> str:
    return str(int(value)) if value == int(value) else repr(value)


def _labels(labels: Labels) -> str:
    if not labels:
        return ""
    told = ",".join(f'{name}="{_escaped(value)}"' for name, value in labels)
    return f"{{{told}}}"


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")

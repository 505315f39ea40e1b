"""The state of all that runs, as one value."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from analysis.findings import FindingKind
from monitor import ledger
from monitor.config import Watch
from monitor.errors import StoreMissingError
from monitor.ledger import SLACK
from monitor.lock import Daemon, DaemonLock, is_old
from monitor.schedule import LOOKS
from monitor.store import Store
from monitor.store.queries import Selection
from monitor.wiring import App

_WEEK = timedelta(days=7)
_HOUR = timedelta(hours=1)
_NO_MAIL: dict[str, Any] = {
    "waiting": 0,
    "sent": 0,
    "dead": 0,
    "last_sent_at": None,
    "last_error": None,
    "troubles": [],
}
_PATIENCE = _HOUR  # for letters: greylisting is over by then
_MOST_REASONS = 5


def status_of(app: App, *, now: datetime) -> dict[str, Any]:
    """Give daemon, store, outbox, watches, runs, gaps and problems."""
    daemon = DaemonLock(app.stores.path).daemon()
    state: dict[str, Any] = {
        "at": now,
        "daemon": {
            "running": daemon is not None,
            "pid": None if daemon is None else daemon.process,
            "worked_at": None if daemon is None else now - daemon.silent_for,
        },
        "store": str(app.stores.path),
        "mail": bool(app.config.mail.server),
        "posts": None,
        "outbox": _NO_MAIL,
        "watches": [],
        "sources": [],
        "runs": [],
        "gaps": [],
        "unanswered": [],
    }
    try:
        with app.stores.open(read_only=True) as store:
            state |= _stored(store, app, now)
    except StoreMissingError:
        state["watches"] = [
            {
                "name": w.name,
                "paused": w.paused,
                "hashtags": list(w.tags),
                "posts": None,
                "posts_last_hour": None,
                "coverage": None,
                "open_bursts": None,
            }
            for w in app.config.watches
        ]
    latest = state.pop("latest", None)
    state["problems"] = _hung(daemon, app) + _problems(state) + _ahead(latest, app)
    return state


def _hung(daemon: Daemon | None, app: App) -> list[str]:
    """Say that a daemon is there, and nothing comes of it."""
    shortest = min((watch.every for watch in app.config.followed), default=None)
    if daemon is None or not is_old(daemon.silent_for, shortest=shortest):
        return []
    minutes = round(daemon.silent_for / timedelta(minutes=1))
    return [
        f"the daemon (process {daemon.process}) hangs: nothing has come of its work for {minutes} "
        "minutes: stop it and start it again; its log tells what it did last"
    ]


def _ahead(latest: datetime | None, app: App) -> list[str]:
    """Say that the store knows of a time that has not come."""
    if latest is None:
        return []
    return [
        f"the store says what happened up to {latest.astimezone(app.config.zone):%Y-%m-%d %H:%M %Z}"
        ", which has not come: the clock was ahead, or it is behind now; what lies after now is "
        "not believed, and is asked for again"
    ]


def _stored(store: Store, app: App, now: datetime) -> dict[str, Any]:
    latest = store.times.latest(now=now)
    return {
        "latest": latest if latest is not None and latest > now + SLACK else None,
        "posts": store.count_posts(matched=True),
        "outbox": {**store.outbox.summary(), "troubles": store.outbox.troubles()},
        "watches": [_watch(store, watch, now) for watch in app.config.watches],
        "sources": store.latest.by_source(),
        "runs": [
            {
                key: row[key]
                for key in (
                    "source",
                    "hashtag",
                    "locator",
                    "task",
                    "started_at",
                    "verdict",
                    "detail",
                    "pages",
                    "received",
                    "new",
                    "updated",
                    "rejected",
                )
            }
            for row in store.latest.last_of_each()
        ],
        "gaps": [
            {
                "source": gap.source,
                "hashtag": gap.hashtag,
                "from": gap.from_at,
                "to": gap.to_at,
                "reason": gap.reason,
                "detail": gap.detail,
            }
            for gap in store.coverage.open_gaps()
        ],
        "unanswered": store.unanswered.counted(now=now),
    }


def _watch(store: Store, watch: Watch, now: datetime) -> dict[str, Any]:
    streams = store.coverage.streams(hashtags=watch.tags)
    share = ledger.coverage(streams, now - _WEEK, now)
    chosen = Selection(hashtags=watch.tags, watch=watch.name, since=now - _WEEK, until=now)
    posts = store.queries.posts(chosen)
    hourly = store.queries.posts(replace(chosen, since=now - _HOUR))
    seen = ledger.coverage(streams, now - _HOUR, now)
    return {
        "name": watch.name,
        "paused": watch.paused,
        "hashtags": list(watch.tags),
        # Nothing observed and nothing found: unknown, not zero.
        "posts": posts if posts or share else None,
        "posts_last_hour": hourly if hourly or seen else None,
        "coverage": None if share is None else round(share, 4),
        "open_bursts": sum(
            f.watch == watch.name and f.kind is FindingKind.BURST for f in store.findings.open()
        ),
    }


def _problems(state: dict[str, Any]) -> list[str]:
    problems = []
    followed = any(not watch["paused"] for watch in state["watches"])
    if followed and not state["daemon"]["running"]:
        problems.append("the daemon is not running: start it with `gaung run`")
    problems += [
        f"{run['source']}{_of(run)}: last run {run['verdict']}: "
        f"{run['detail'] or 'no reason given'}"
        for run in state["runs"]
        if run["verdict"] in ("failed", "refused") and run["task"] != "import"
    ]
    problems += [
        f"{run['source']} {run['locator']}: not read to its end ({run['detail']}): import it again"
        for run in state["runs"]
        if run["verdict"] == "failed" and run["task"] == "import"
        and state["at"] - run["started_at"] < _WEEK
    ]  # fmt: skip
    problems += [
        f"{run['source']}{_of(run)}: suspect: {run['detail']}; counted as unknown, not 0"
        for run in state["runs"]
        if run["verdict"] == "empty" and run["detail"]
    ]
    return problems + letter_problems(state["outbox"]["troubles"], now=state["at"])


def letter_problems(troubles: list[dict[str, Any]], *, now: datetime) -> list[str]:
    """Say which letters were given up, and which wait long, each by its own reason."""
    found = []
    for one in troubles:
        if one["state"] == "given up":
            said = "letter was given up" if one["letters"] == 1 else "letters were given up"
            found.append(f"{one['letters']} {said}: {one['reason']}: see `gaung outbox list`")
        elif now - one["since"] >= _PATIENCE:
            said = "letter has waited" if one["letters"] == 1 else "letters have waited"
            found.append(
                f"{one['letters']} {said} for {_long(now - one['since'])}: {one['reason']}"
            )
    rest = len(found) - _MOST_REASONS
    return found if rest <= 0 else [
        *found[:_MOST_REASONS], f"{rest} more reasons: `gaung outbox list` has them"
    ]  # fmt: skip


def _long(waited: timedelta) -> str:
    """Return a length as one says it: hours up to two days, then days."""
    hours = int(waited / _HOUR)
    return f"{hours} h" if hours < 48 else f"{waited.days} days"


def _of(run: dict[str, Any]) -> str:
    if run["task"] in LOOKS:
        return f", {LOOKS[run['task']]}"
    return f" #{run['hashtag']}" if run["hashtag"] else ""

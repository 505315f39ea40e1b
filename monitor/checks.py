"""Asks everything that a turn needs once, and names a remedy for each problem."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec

from monitor import clock
from monitor.config import Config
from monitor.errors import OperatorError, StoreMissingError
from monitor.schedule import LOOKS
from monitor.wiring import App


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What one question told; `remedy` is None when all is well."""

    subject: str
    summary: str
    remedy: str | None = None


def check(app: App) -> Iterator[CheckResult]:
    """Check watches, store, sources and mail, one after the other."""
    yield _watches(app)
    yield _store(app)
    yield from _blanked(app)
    yield from _sources(app)
    yield _mail(app)
    yield from _defects(app)


def _watches(app: App) -> CheckResult:
    if not app.config.watches:
        return CheckResult("watches", "none", "add a [[watches]] section to config.toml")
    hashtags = sorted({tag for watch in app.config.watches for tag in watch.tags})
    return CheckResult("watches", ", ".join(f"#{tag}" for tag in hashtags))


def _store(app: App) -> CheckResult:
    try:
        with app.stores.open(read_only=True) as store:
            posts = store.count_posts()
    except StoreMissingError:
        return _missing(app.stores.path)
    except OperatorError as error:
        return CheckResult("store", "cannot be used", str(error))
    return CheckResult("store", f"{app.stores.path}, {posts:,} posts")


def _blanked(app: App) -> Iterator[CheckResult]:
    """Tell of posts that version 0.1.0 blanked though they were only away."""
    try:
        with app.stores.open(read_only=True) as store:
            found = store.hiding.damaged()
    except OperatorError:  # told by the store's own line
        return
    for blanked in found:
        told = (
            f"{blanked.posts:,} posts of {blanked.accounts:,} {blanked.platform} accounts lost "
            "their text to version 0.1.0, which took what was away for what was deleted; "
            "they are not counted"
        )
        if _is_asked(app.config, blanked.platform):
            again = "each is asked for again once a day, and is back when it is shown"
            yield CheckResult("store", f"{told}: {again}")
        else:
            yield CheckResult("store", told, _ASK[blanked.platform])


_ASK = {
    "bluesky": "set collectors.bluesky.appview, and follow their hashtags in a watch with the "
    'source "bluesky": then they are asked for again',
    "youtube": 'follow their hashtags in a watch with the source "youtube": then they are asked '
    "for again",
}


def _is_asked(config: Config, platform: str) -> bool:
    """Tell whether somebody is asked what became of a platform's posts."""
    if not any(platform in watch.sources for watch in config.followed):
        return False
    settings = msgspec.structs.asdict(config.collectors)
    return platform != "bluesky" or bool(settings["bluesky"].appview)


def _missing(path: Path) -> CheckResult:
    """Tell whether a store can be made here, and make none."""
    folder = next(one for one in (path.parent, *path.parent.parents) if one.exists())
    if not os.access(folder, os.W_OK | os.X_OK):
        return CheckResult(
            "store",
            "cannot be made",
            f"{folder}: may not be written: mend its permissions or set store.path",
        )
    return CheckResult("store", f"{path}, none yet: the first `gaung once` makes it")


def _sources(app: App) -> Iterator[CheckResult]:
    try:
        collectors = app.collectors()
    except OperatorError as error:
        yield CheckResult("sources", "cannot be asked", str(error))
        return
    from monitor.collect import Fence, Fenced

    fence = Fence(app.stores)
    looks = _looks(app)
    for source, collector in collectors.items():
        try:
            told = Fenced(collector, fence).check()
        finally:
            collector.close()
        yield CheckResult(source, told.summary, told.remedy)
        yield from looks.get(source, [])


def _looks(app: App) -> dict[str, list[CheckResult]]:
    """Tell by source where asking about known posts fails, for all of them or for some."""
    try:
        with app.stores.open(read_only=True) as store:
            runs = [run for run in store.runs.last_of_each() if run["task"] in LOOKS]
            unanswered = store.unanswered.counted(now=clock.now())
    except OperatorError:  # the store has a line of its own
        return {}
    found: dict[str, list[CheckResult]] = {}
    for run in runs:
        if run["verdict"] in ("failed", "refused"):
            summary = f"last run {run['verdict']}: {run['detail'] or 'no reason given'}"
            remedy = "counts, reposts and deletions are not learnt until it answers these questions"
            result = CheckResult(f"{run['source']}, {LOOKS[run['task']]}", summary, remedy)
            found.setdefault(run["source"], []).append(result)
    for row in unanswered:
        posts = "1 post" if row["posts"] == 1 else f"{row['posts']:,} posts"
        summary = f"{posts} cannot be asked about, to be tried again: {row['why']}"
        result = CheckResult(f"{row['source']}, {LOOKS[row['task']]}", summary)
        found.setdefault(row["source"], []).append(result)
    return found


def _defects(app: App) -> Iterator[CheckResult]:
    """Remind of what went wrong and was not reported yet."""
    from monitor.collect.defects import Defects

    kept = Defects.beside(app.stores.path).paths()
    if kept:
        traces = "1 trace" if len(kept) == 1 else f"{len(kept)} traces"
        remedy = f"please report what is in {kept[0].parent}, then delete it"
        yield CheckResult("defects", f"{traces} of what gaung did not expect", remedy)


def _mail(app: App) -> CheckResult:
    mail = app.config.mail
    wanted = (
        app.config.digest.recipients
        or app.config.alerts.recipients
        or any(watch.recipients for watch in app.config.watches)
    )
    if not mail.server:
        remedy = "set mail.server, or take out the recipients" if wanted else None
        return CheckResult("mail", "not set up; alerts are recorded, not sent", remedy)
    try:
        mailer = app.mailer()
        remedy = mailer.check() if mailer is not None else None
    except OperatorError as error:
        return CheckResult("mail", "cannot log in", str(error))
    return CheckResult("mail", f"{mail.server} as {mail.sender}", remedy)

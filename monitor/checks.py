"""Asks everything that a turn needs once, and names a remedy for each problem."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from monitor import clock
from monitor.errors import OperatorError, StoreMissingError
from monitor.wiring import App

_PATIENCE = timedelta(hours=1)  # for letters: greylisting is over by then


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
    yield from _sources(app)
    yield _mail(app)
    yield from _letters(app)


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
    for source, collector in collectors.items():
        try:
            told = collector.check()
        finally:
            collector.close()
        yield CheckResult(source, told.summary, told.remedy)


def _letters(app: App) -> Iterator[CheckResult]:
    """Tell of letters that were not taken, in the words of the server that refused them."""
    try:
        with app.stores.open(read_only=True) as store:
            troubles = store.outbox.troubles()
    except OperatorError:  # what is wrong with the store was told above
        return
    now = clock.now()
    for one in troubles:
        is_dead = one["state"] == "given up"
        remedy = None
        if is_dead:
            remedy = "put that right, then `gaung outbox retry --all`, or `gaung outbox drop`"
        elif now - one["since"] >= _PATIENCE:
            remedy = "put that right; it is tried again by itself, or now: `gaung outbox retry`"
        what = "given up" if is_dead else "waiting"
        yield CheckResult("outbox", f"{one['letters']} {what}: {one['reason']}", remedy)


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

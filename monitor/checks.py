"""Asks everything that a turn needs once, and names a remedy for each problem."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from monitor import clock, secrets
from monitor.config import Config
from monitor.errors import OperatorError, StoreMissingError
from monitor.schedule import LOOKS
from monitor.store.backups import Backup
from monitor.store.blanking import blank_secrets, holding_secrets
from monitor.store.copying import read_whole
from monitor.store.rewriting import rewrite
from monitor.wiring import App

_YOUNG = timedelta(days=2)
_STALE = timedelta(days=8)  # a weekly backup that is a day late is still one
_BACK_UP = (
    "run `gaung backup FILE` each night, to another disk: docs/operations.md has the line for cron"
)
_PATIENCE = timedelta(hours=1)  # for letters: greylisting is over by then


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What one question told; `remedy` is None when all is well."""

    subject: str
    summary: str
    remedy: str | None = None

    def __post_init__(self) -> None:
        """Blank secrets in the words of a server, which may repeat what it was sent."""
        object.__setattr__(self, "summary", secrets.redact(self.summary))
        object.__setattr__(self, "remedy", self.remedy and secrets.redact(self.remedy))


def check(app: App) -> Iterator[CheckResult]:
    """Check watches, store, sources, mail and secrets in the store, one after the other."""
    yield _watches(app)
    yield from _store(app, now=clock.now())
    yield from _blanked(app)
    yield from _sources(app)
    yield _mail(app)
    yield from _letters(app)
    yield from _defects(app)
    yield from _leaks(app, now=clock.now())  # last: by now all secrets were read


def _watches(app: App) -> CheckResult:
    if not app.config.watches:
        return CheckResult("watches", "none", "add a [[watches]] section to config.toml")
    hashtags = sorted({tag for watch in app.config.watches for tag in watch.tags})
    return CheckResult("watches", ", ".join(f"#{tag}" for tag in hashtags))


def _store(app: App, *, now: datetime) -> Iterator[CheckResult]:
    try:
        with app.stores.open(read_only=True) as store:
            read_whole(store.database)
            posts, last, since = store.count_posts(), store.backups.last(), store.backups.since()
            wanted_at = store.privacy.rewriting().wanted_at
    except StoreMissingError:
        yield _missing(app.stores.path)
        return
    except OperatorError as error:
        yield CheckResult("store", "cannot be used", str(error))
        return
    yield CheckResult("store", f"{app.stores.path}, {posts:,} posts")
    if wanted_at is not None:
        told_at = f"{wanted_at.astimezone(app.config.zone):%Y-%m-%d %H:%M %Z}"
        yield CheckResult(
            "erased",
            f"what was taken out {told_at} is still in free blocks of the file",
            "run `gaung purge`, which writes the file anew and says what keeps it from doing so",
        )
    if (told := backup_result(last, since=since, now=now)) is not None:
        yield told


def backup_result(
    last: Backup | None, *, since: datetime | None, now: datetime
) -> CheckResult | None:
    """Return how old the last copy is; None while the store is too young to miss one.

    since: when something was first put into the store. What was copied by other means than
    `gaung backup` is not known here.
    """
    if last is None:
        if since is None or now - since < _YOUNG:
            return None
        return CheckResult("backup", "no backup was ever made of this store", _BACK_UP)
    days = max(now - last.made_at, timedelta(0)) // timedelta(days=1)
    age = {0: "less than a day", 1: "1 day"}.get(days, f"{days:,} days")
    told = f"the last backup, {last.name}, is {age} old"
    return CheckResult("backup", told, _BACK_UP if days > _STALE.days else None)


def _blanked(app: App) -> Iterator[CheckResult]:
    """Report posts that version 0.1.0 blanked though they were only away."""
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
    """Return whether somebody is asked what became of a platform's posts."""
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
            runs = [run for run in store.latest.last_of_each() if run["task"] in LOOKS]
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


def _letters(app: App) -> Iterator[CheckResult]:
    """Report letters that were not taken, in the words of the server that refused them."""
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


def _leaks(app: App, *, now: datetime) -> Iterator[CheckResult]:
    """Blank secrets in the store: earlier versions kept what a server had repeated."""
    try:
        with app.stores.open(read_only=True) as store:
            places = holding_secrets(store.database)
        if not places:
            return
        with app.stores.open() as store, store.transaction():
            texts = blank_secrets(store.database)
            store.privacy.want_rewriting(now=now)
        rewrite(app.stores, now=now)
    except StoreMissingError:
        return
    except OperatorError as error:
        yield CheckResult("secrets", "cannot be looked for in the store", str(error))
        return
    yield CheckResult(
        "secrets",
        f"stood in {texts:,} texts of the store ({', '.join(places)}), and were blanked there",
        "make new ones where you were given them: who read these texts, or was sent them, has them",
    )

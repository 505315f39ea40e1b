"""What is told as JSON of the state, and is no dataclass elsewhere: the status, and lists.

A comment behind a field is its description in the schema. Nothing here is used to write JSON; tests
hold what is written against it, field for field.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from msgspec import Struct

from monitor.sensitivity import Sensitivity

Verdict = Literal["complete", "truncated", "partial", "refused", "empty", "failed"]


class Daemon(Struct):
    """The process that collects day and night."""

    running: bool
    pid: int | None  # null: it does not run
    worked_at: datetime | None  # when something last came of its work; null: it does not run


class LetterTrouble(Struct):
    """Why letters were not taken."""

    state: Literal["given up", "waiting"]
    reason: str  # what the server said, or what is wrong with the way to it
    letters: int
    since: datetime  # when the oldest of them was written, or was to be tried again
    next_at: datetime | None  # when the first is tried again; null: they were given up


class Outbox(Struct):
    """Letters by what became of them."""

    waiting: int
    sent: int
    dead: int  # given up, or refused for good
    last_sent_at: datetime | None  # null: never
    last_error: str | None  # the newest of those that wait or were given up
    troubles: list[LetterTrouble]  # each reason once


class LetterState(Struct):
    """A letter in the outbox."""

    letter: str  # a short name for `gaung outbox retry` and `drop`
    key: str  # which letter it is: its Message-ID is made of it
    state: Literal["waiting", "given up", "sent", "dropped"]
    recipient: str
    subject: str
    enqueued_at: datetime  # when it was written
    attempts: int  # since it was written, or was to be tried again
    reason: str | None  # why it was not taken; null: it was, or was not tried yet
    due_at: datetime | None  # when it is tried next; null: it is not
    sent_at: datetime | None
    given_up_at: datetime | None
    dropped_at: datetime | None


class Letters(Struct):
    """Letters that wait or were given up, or all: `gaung outbox list --json`."""

    schema: Literal["gaung.outbox/1"]
    letters: list[LetterState]  # oldest first


class WatchState(Struct):
    """A watch, and what came of it."""

    name: str
    paused: bool
    hashtags: list[str]
    posts: int | None  # of the last 7 days; null: nobody looked
    posts_last_hour: int | None  # null: nobody looked
    coverage: float | None  # share of the last 7 days that was observed; null: nobody can say
    open_bursts: int | None  # that go on; null: there is no store yet


class SourceState(Struct):
    """A source, and how it went."""

    source: str
    last_run_at: datetime | None
    last_success_at: datetime | None  # null: it has never answered
    received: int  # records that came
    rejected: int  # of them, those that could not be read


class RunState(Struct):
    """The last run of a source for a hashtag, of its looks at known posts, or of an import."""

    source: str
    hashtag: str | None  # null: a look at posts that are known, or an import
    locator: str | None  # the file of an import
    task: str  # poll, rescan, nightly, backfill, stream, expand, check, import
    started_at: datetime
    verdict: Verdict | None  # null: it runs
    detail: str | None  # why, in words
    pages: int
    received: int
    new: int
    updated: int
    rejected: int


class OpenGap(Struct, rename={"from_at": "from", "to_at": "to"}):
    """A stretch that is missing and still wanted: unknown, not zero."""

    source: str
    hashtag: str
    from_at: datetime
    to_at: datetime
    reason: str  # see the glossary: outage, refused, rate limit, truncated, silent, failed, …
    detail: str | None


class UnansweredState(Struct):
    """Posts that a source cannot be asked about, though it is well: all others are."""

    source: str
    task: str  # expand: who passed them on; check: what became of them
    posts: int
    next_at: datetime  # when the first of them is asked about again
    why: str | None  # what came of asking about the one that was tried last


class Status(Struct):
    """The state of all that runs: `gaung status --format json`."""

    schema: Literal["gaung.status/1"]
    at: datetime  # when it was asked
    daemon: Daemon
    store: str  # where it is
    mail: bool  # whether a mail server is set up
    posts: int | None  # that were looked for and are stored; null: there is no store yet
    outbox: Outbox
    watches: list[WatchState]
    sources: list[SourceState]
    runs: list[RunState]
    gaps: list[OpenGap]
    unanswered: list[UnansweredState]
    problems: list[str]  # what is to be put right; exit code 1 if there is any


class FindingTold(Struct, rename={"from_at": "from", "to_at": "to"}):
    """Something that was found."""

    key: str  # the same claim about the same onset has the same
    watch: str
    kind: str  # burst, coordination, new platform, …
    subject: str
    from_at: datetime
    to_at: datetime | None  # null: it goes on
    score: float
    evidence: dict[str, Any]  # numbers and accounts, by kind of finding


class Findings(Struct):
    """What was found: `gaung findings --json`."""

    schema: Literal["gaung.findings/1"]
    findings: list[FindingTold]  # newest first


class AlertTold(Struct, rename={"from_at": "from", "to_at": "to"}):
    """A decision about a finding."""

    decided_at: datetime
    told: bool
    reason: str  # why, or why not
    recipients: list[str]
    finding: str  # its key
    watch: str
    kind: str
    from_at: datetime
    to_at: datetime | None
    score: float  # as it was then


class Alerts(Struct):
    """Decisions about findings: `gaung alerts --json`."""

    schema: Literal["gaung.alerts/1"]
    alerts: list[AlertTold]  # told or not


class SourceTold(Struct):
    """What a source can show. Null: it cannot."""

    name: str
    title: str
    needs: str | None  # to be allowed to ask
    finds: str | None  # posts, by what
    past: str | None  # how far back
    reposts: str | None
    replies: str | None
    counts: str | None
    removals: str | None
    limits: str | None
    used_by: list[str]  # watches
    missing: str | None  # the setting without which it is not asked


class Sources(Struct):
    """The sources: `gaung sources --json`."""

    schema: Literal["gaung.sources/1"]
    sources: list[SourceTold]


class AuditEntry(Struct):
    """What left the store or was taken out of it."""

    noted_at: datetime
    who: str  # the system's user
    action: Literal["export", "erase", "purge"]
    subject: str
    detail: str | None


class Audit(Struct):
    """Exports, erasures and purges: `gaung audit --json`."""

    schema: Literal["gaung.audit/1"]
    entries: list[AuditEntry]


class WatchTold(Struct):
    """A watch as it is configured."""

    name: str
    paused: bool
    hashtags: list[str]
    sources: list[str]
    every_seconds: int
    backfill_seconds: int  # how far before it began is asked for
    recipients: list[str]
    sensitivity: Sensitivity | None  # null: as `alerts.sensitivity` says


class Watches(Struct):
    """The watches: `gaung watch list --json`."""

    schema: Literal["gaung.watches/1"]
    watches: list[WatchTold]

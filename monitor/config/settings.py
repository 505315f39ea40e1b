"""The sections of config.toml and their defaults."""

from __future__ import annotations

from datetime import time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Meta, Struct

from collectors import hashtags
from collectors.registry import SETTINGS
from monitor.reader import Language, Quiet, Reader
from monitor.sensitivity import TIMES, Sensitivity


class StoreSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """Where posts are kept."""

    path: str = "data/gaung.duckdb"  # relative to the configuration file
    patience: timedelta = timedelta(seconds=15)  # how long to wait for another process


class Watch(Struct, frozen=True, forbid_unknown_fields=True):
    """A named set of hashtags to follow."""

    name: str
    hashtags: Annotated[list[str], Meta(min_length=1)]
    sources: list[str] = msgspec.field(default_factory=lambda: ["mastodon"])
    every: timedelta = timedelta(minutes=10)
    backfill: timedelta = timedelta(days=7)  # how far back the first run reads
    recipients: list[str] = msgspec.field(default_factory=list)
    sensitivity: Sensitivity | None = None  # None: that of [alerts]
    paused: bool = False  # nothing is asked for it; the time is unknown, not empty

    @property
    def tags(self) -> tuple[str, ...]:
        """The hashtags in their one spelling."""
        return hashtags.normalize_all(self.hashtags)


if TYPE_CHECKING:
    CollectorSettings = Struct
else:
    # One section per source, each with the settings that the source itself declares.
    CollectorSettings = msgspec.defstruct(
        "CollectorSettings",
        [(name, kind, msgspec.field(default_factory=kind)) for name, kind in SETTINGS.items()],
        frozen=True,
        forbid_unknown_fields=True,
    )


class CollectSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """How much a turn reads."""

    max_pages: Annotated[int, Meta(ge=1)] = 50  # per run; what is left becomes a gap to fill
    overlap: timedelta = timedelta(hours=1)  # how far each run reads into what is known
    rescan: timedelta = timedelta(hours=24)  # what is read again every few hours; 0s: nothing
    rescan_every: timedelta = timedelta(hours=3)
    nightly: timedelta = timedelta(days=7)  # what is read again once a day; 0s: nothing
    expand_for: timedelta = timedelta(days=7)  # how long after a post its reposts are asked for
    expand_limit: Annotated[int, Meta(ge=0)] = 40  # posts asked for their reposts, per turn
    check_for: timedelta = timedelta(days=7)  # how long it is asked what became of a post
    check_limit: Annotated[int, Meta(ge=0)] = 200  # posts asked about, per turn
    private_addresses: bool = False  # whether a source's name may lead into the own network


class PrivacySettings(Struct, frozen=True, forbid_unknown_fields=True):
    """How long what is about people is kept, and who is named in what leaves the machine."""

    keep_posts: timedelta = timedelta(0)  # after they were collected; 0s: until `gaung purge`
    keep_raw: timedelta = timedelta(days=30)  # records that were set aside
    public_from: Annotated[int, Meta(ge=0)] = 100_000  # followers; 0: nobody by number
    public: list[str] = msgspec.field(default_factory=list)  # handles that are always named


class AlertSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """When a finding becomes an alert."""

    sensitivity: Sensitivity = "balanced"
    burst_score: Annotated[float, Meta(gt=0)] = 4.1
    min_authors: Annotated[int, Meta(ge=1)] = 5
    repeat_after: timedelta = timedelta(hours=24)
    grew_by: Annotated[float, Meta(gt=1)] = 1.5
    tell_end: bool = False  # a letter also when a burst is over; the digest says it anyway
    quiet: str = ""  # hours without letters, "22:00-05:00"; alerts are decided all the same
    max_age: timedelta = timedelta(hours=12)
    source_trouble_after: timedelta = timedelta(hours=2)
    recipients: list[str] = msgspec.field(default_factory=list)

    @property
    def least_score(self) -> float:
        """The surprise that makes an alert."""
        return self.burst_score * TIMES[self.sensitivity]


class DigestSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """The letter at a fixed time."""

    at: time = time(7, 0)
    recipients: list[str] = msgspec.field(default_factory=list)
    quiet_days: Literal["weekly", "daily"] = "weekly"  # how often it is told that all is quiet


class Person(Struct, frozen=True, forbid_unknown_fields=True):
    """What differs for one recipient from all others."""

    address: str
    language: Language | None = None
    timezone: str | None = None
    digest_at: time | None = None
    quiet: str | None = None  # as alerts.quiet; "": letters at any hour


class MailSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """The mail server. Without `server` nothing is sent; alerts are still recorded."""

    server: str = ""
    port: Annotated[int, Meta(ge=0, le=65535)] = 0  # 0: the usual port of `security`
    security: str = "starttls"  # starttls, tls, none
    sender: str = ""
    username: str = ""
    password_env: str = ""


class Config(Struct, frozen=True, forbid_unknown_fields=True):
    """All that an operator sets."""

    timezone: str = "Asia/Jakarta"
    language: Language = "id"  # of letters
    contact: str = ""
    store: StoreSettings = msgspec.field(default_factory=StoreSettings)
    watches: list[Watch] = msgspec.field(default_factory=list)
    collectors: CollectorSettings = msgspec.field(default_factory=CollectorSettings)
    collect: CollectSettings = msgspec.field(default_factory=CollectSettings)
    privacy: PrivacySettings = msgspec.field(default_factory=PrivacySettings)
    alerts: AlertSettings = msgspec.field(default_factory=AlertSettings)
    digest: DigestSettings = msgspec.field(default_factory=DigestSettings)
    mail: MailSettings = msgspec.field(default_factory=MailSettings)
    people: list[Person] = msgspec.field(default_factory=list)
    folder: str = "."  # where the file stands; relative paths start here

    @property
    def followed(self) -> list[Watch]:
        """The watches that are not paused."""
        return [watch for watch in self.watches if not watch.paused]

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of windows, digests and reports."""
        return ZoneInfo(self.timezone)

    @property
    def store_path(self) -> Path:
        """The store's file."""
        return Path(self.folder, Path(self.store.path).expanduser())

    def alerts_of(self, watch: str | None) -> AlertSettings:
        """Give the settings of alerts as they hold for a watch, by its name."""
        own = next((one.sensitivity for one in self.watches if one.name == watch), None)
        return self.alerts if own is None else msgspec.structs.replace(self.alerts, sensitivity=own)

    def reader(self, address: str) -> Reader:
        """Give how one recipient wants to be written to."""
        own = next((one for one in self.people if one.address == address), Person(address))
        return Reader(
            address=address,
            language=own.language or self.language,
            zone=ZoneInfo(own.timezone or self.timezone),
            digest_at=own.digest_at or self.digest.at,
            quiet=Quiet.parse(self.alerts.quiet if own.quiet is None else own.quiet),
        )

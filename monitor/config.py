"""config.toml as frozen, checked values. Unknown keys are refused; secrets are only ever named."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Meta, Struct

from collectors import hashtags
from collectors.registry import SETTINGS
from monitor.errors import ConfigError

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_DURATION = re.compile(r"(\d+)\s*([smhdw])")
_NAME = re.compile(r"[\w][\w.-]*")


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

    burst_score: Annotated[float, Meta(gt=0)] = 4.1
    min_authors: Annotated[int, Meta(ge=1)] = 5
    repeat_after: timedelta = timedelta(hours=24)
    grew_by: Annotated[float, Meta(gt=1)] = 1.5
    max_age: timedelta = timedelta(hours=12)
    source_trouble_after: timedelta = timedelta(hours=2)
    recipients: list[str] = msgspec.field(default_factory=list)


class DigestSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """The letter at a fixed time."""

    at: time = time(7, 0)
    recipients: list[str] = msgspec.field(default_factory=list)


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
    contact: str = ""
    store: StoreSettings = msgspec.field(default_factory=StoreSettings)
    watches: list[Watch] = msgspec.field(default_factory=list)
    collectors: CollectorSettings = msgspec.field(default_factory=CollectorSettings)
    collect: CollectSettings = msgspec.field(default_factory=CollectSettings)
    privacy: PrivacySettings = msgspec.field(default_factory=PrivacySettings)
    alerts: AlertSettings = msgspec.field(default_factory=AlertSettings)
    digest: DigestSettings = msgspec.field(default_factory=DigestSettings)
    mail: MailSettings = msgspec.field(default_factory=MailSettings)
    folder: str = "."  # where the file stands; relative paths start here

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of windows, digests and reports."""
        return ZoneInfo(self.timezone)

    @property
    def store_path(self) -> Path:
        """The store's file."""
        return Path(self.folder, Path(self.store.path).expanduser())


def load(path: Path) -> Config:
    """Read and check a configuration file. Raises `ConfigError` with the key and the remedy."""
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigError(f"{path}: there is no such file: run `gaung init` to write one") from None
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: is not UTF-8 text ({error.reason})") from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: is not valid TOML: {error}") from None
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from None
    return parse(raw, name=str(path), folder=str(path.resolve().parent))


def parse(raw: Mapping[str, Any], *, name: str, folder: str = ".") -> Config:
    """Check a configuration that was read. `name` is what errors call it."""
    if "folder" in raw:
        raise ConfigError(f"{name}: folder: unknown key")
    try:
        config = msgspec.convert({**_readable(raw, Config), "folder": folder}, Config)
    except msgspec.ValidationError as error:
        raise ConfigError(f"{name}: {_in_words(str(error))}") from None
    for problem in _problems(config):
        raise ConfigError(f"{name}: {problem}")
    return config


def _readable(raw: Mapping[str, Any], struct: type[Struct]) -> dict[str, Any]:
    """Turn `10m` and `07:00` into what msgspec reads; leave all else for it to judge."""
    types = {field.encode_name: field.type for field in msgspec.structs.fields(struct)}
    return {key: _readable_value(value, types.get(key)) for key, value in raw.items()}


def _readable_value(value: Any, wanted: Any) -> Any:
    if wanted is timedelta and isinstance(value, str):
        match = _DURATION.fullmatch(value.strip())
        return timedelta(**{_UNITS[match[2]]: int(match[1])}) if match else value
    if wanted is time and isinstance(value, str) and re.fullmatch(r"\d\d:\d\d", value):
        return f"{value}:00"
    if isinstance(value, dict) and isinstance(wanted, type) and issubclass(wanted, Struct):
        return _readable(value, wanted)
    if isinstance(value, list) and wanted == list[Watch]:
        return [_readable(item, Watch) if isinstance(item, dict) else item for item in value]
    return value


def _in_words(message: str) -> str:
    """Put the key first, and the remedy last."""
    text, _, place = message.partition(" - at `$")
    path = place.rstrip("`").lstrip(".")
    if unknown := re.match(r"Object contains unknown field `(.+)`", text):
        key = f"{path}.{unknown[1]}".lstrip(".")
        return f"{key}: unknown key{_nearest(unknown[1])}"
    if missing := re.match(r"Object missing required field `(.+)`", text):
        return f"{path}: the key `{missing[1]}` is missing".lstrip(": ")
    if "duration" in text or "timedelta" in text:
        text = "is no duration: write 30s, 10m, 6h or 7d"
    return f"{path}: {text[0].lower()}{text[1:]}" if path else text


def _nearest(key: str) -> str:
    import difflib  # only needed when something is wrong

    known = {name for struct in _all_structs() for name in struct.__struct_fields__}
    close = difflib.get_close_matches(key, known - {"folder", key}, n=1)
    return f"; did you mean `{close[0]}`?" if close else ""


def _all_structs() -> list[type[Struct]]:
    return [
        Config,
        StoreSettings,
        Watch,
        CollectSettings,
        PrivacySettings,
        AlertSettings,
        DigestSettings,
        MailSettings,
        CollectorSettings,
        *(
            f.type
            for f in msgspec.structs.fields(CollectorSettings)
            if isinstance(f.type, type) and issubclass(f.type, Struct)
        ),
    ]


def _problems(config: Config) -> list[str]:
    """Find what types cannot say."""
    problems: list[str] = []
    try:
        ZoneInfo(config.timezone)
    except (KeyError, ValueError, OSError):
        problems.append(
            f"timezone: there is no time zone {config.timezone!r}: write for example "
            "Asia/Jakarta (WIB), Asia/Makassar (WITA) or Asia/Jayapura (WIT)"
        )
    names: set[str] = set()
    known = set(msgspec.structs.asdict(config.collectors))
    for index, watch in enumerate(config.watches):
        at = f"watches[{index}]"
        if not _NAME.fullmatch(watch.name):
            problems.append(f"{at}.name: use letters, digits, - and _, not {watch.name!r}")
        if watch.name in names:
            problems.append(f"{at}.name: there are two watches named {watch.name!r}")
        names.add(watch.name)
        for raw in watch.hashtags:
            if hashtags.normalize(raw) is None:
                problems.append(f"{at}.hashtags: {raw!r} is no hashtag")
        problems.extend(
            f"{at}.sources: there is no source {source!r}: choose from {', '.join(sorted(known))}"
            for source in watch.sources
            if source not in known
        )
        if watch.every < timedelta(minutes=1):
            problems.append(f"{at}.every: must be at least 1m, out of courtesy to the servers")
    problems.extend(_retention_problems(config))
    if config.mail.security not in {"starttls", "tls", "none"}:
        problems.append("mail.security: write starttls, tls or none")
    if config.mail.server and not config.mail.sender:
        problems.append("mail.sender: the key is missing: the address that letters come from")
    return problems


def _retention_problems(config: Config) -> list[str]:
    keep = config.privacy.keep_posts
    if not keep:
        return []
    longest = max((watch.backfill for watch in config.watches), default=timedelta(0))
    longest = max(longest, config.collect.nightly)
    if keep >= longest:
        return []
    return [
        f"privacy.keep_posts: is shorter than what is read back ({longest.days}d): what is "
        f"taken out would be collected again; write at least {longest.days}d"
    ]


def parse_time(text: str, *, now: datetime, zone: ZoneInfo) -> datetime:
    """Read `7d`, `36h`, a date or an ISO time; a time without offset is in `zone`.

    Raises `ValueError` with what may be written.
    """
    if match := _DURATION.fullmatch(text.strip()):
        return now - timedelta(**{_UNITS[match[2]]: int(match[1])})
    try:
        given = datetime.fromisoformat(text.strip())
    except ValueError:
        raise ValueError(
            f"{text!r} is no time: write 7d, 36h, 2026-11-23 or 2026-11-23T07:00+07:00"
        ) from None
    return (given if given.tzinfo else given.replace(tzinfo=zone)).astimezone(UTC)

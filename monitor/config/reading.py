"""Reads config.toml: durations and times as people write them, and errors that name the key."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Struct

from collectors.moments import EARLIEST
from monitor.config.problems import problems_of
from monitor.config.settings import (
    AlertSettings,
    CollectorSettings,
    CollectSettings,
    Config,
    DigestSettings,
    MailSettings,
    Person,
    PrivacySettings,
    StoreSettings,
    Watch,
)
from monitor.errors import ConfigError
from monitor.nearest import nearest

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_AHEAD = timedelta(days=366)
_LONGEST = timedelta(days=36_525)  # from now on, or back: beyond it there soon is no calendar
_DURATION = re.compile(r"(\d+)\s*([smhdw])")


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
    for problem in problems_of(config):
        raise ConfigError(f"{name}: {problem}")
    return config


def _readable(raw: Mapping[str, Any], struct: type[Struct]) -> dict[str, Any]:
    """Turn `10m` and `07:00` into what msgspec reads; leave all else for it to judge."""
    types = {field.encode_name: field.type for field in msgspec.structs.fields(struct)}
    return {key: _readable_value(value, types.get(key)) for key, value in raw.items()}


def _readable_value(value: Any, wanted: Any) -> Any:
    if wanted is timedelta and isinstance(value, str):
        match = _DURATION.fullmatch(value.strip())
        length = _length(match) if match else None
        return value if length is None else length
    if (
        wanted in (time, time | None)
        and isinstance(value, str)
        and re.fullmatch(r"\d\d:\d\d", value)
    ):
        return f"{value}:00"
    if isinstance(value, dict) and isinstance(wanted, type) and issubclass(wanted, Struct):
        return _readable(value, wanted)
    for struct in (Watch, Person):
        if isinstance(value, list) and wanted == list[struct]:  # type: ignore[valid-type]
            return [_readable(item, struct) if isinstance(item, dict) else item for item in value]
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
    known = {name for struct in _all_structs() for name in struct.__struct_fields__}
    close = nearest(key, known - {"folder", key})
    return f"; did you mean `{close}`?" if close else ""


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
        Person,
        CollectorSettings,
        *(
            f.type
            for f in msgspec.structs.fields(CollectorSettings)
            if isinstance(f.type, type) and issubclass(f.type, Struct)
        ),
    ]


def parse_duration(text: str) -> timedelta:
    """Read `30m`, `6h` or `7d`. Raises `ValueError`."""
    match = _DURATION.fullmatch(text.strip())
    if match is None or not match[1].strip("0"):
        raise ValueError(f"{text!r} is no duration: write 30m, 6h or 2d")
    length = _length(match)
    if length is None:
        raise ValueError(f"{text!r} is longer than a century: write 30m, 6h or 2d")
    return length


def _length(match: re.Match[str]) -> timedelta | None:
    """Return the duration that was written; None: it is longer than anything here can last."""
    try:
        length = timedelta(**{_UNITS[match[2]]: int(match[1])})
    except (OverflowError, ValueError):  # also of more digits than Python reads
        return None
    return length if length <= _LONGEST else None


def parse_time(text: str, *, now: datetime, zone: ZoneInfo) -> datetime:
    """Read `7d`, `36h`, a date or an ISO time; a time without offset is in `zone`.

    What is earlier than any post can be is read as the earliest time, and what is more than a year
    ahead as a year ahead: nothing lies between. Raises `ValueError` with what may be written.
    """
    if match := _DURATION.fullmatch(text.strip()):
        back = _length(match)
        return EARLIEST if back is None or back > now - EARLIEST else now - back
    try:
        given = datetime.fromisoformat(text.strip())
    except ValueError:
        raise ValueError(
            f"{text!r} is no time: write 7d, 36h, 2026-11-23 or 2026-11-23T07:00+07:00"
        ) from None
    zoned = given if given.tzinfo else given.replace(tzinfo=zone)
    return min(max(zoned, EARLIEST), now + _AHEAD).astimezone(UTC)

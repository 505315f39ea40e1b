"""Writes config.toml: only what the loader takes, whole or not at all."""

from __future__ import annotations

import fcntl
import os
import tempfile
import tomllib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from monitor.config.reading import parse
from monitor.config.settings import Config
from monitor.errors import ConfigError


def change(path: Path, edit: Callable[[str], str]) -> Config:
    """Change a configuration file and give what it says now.

    edit: text in, text out. What comes out is read as the daemon reads it, and only then takes the
    file's place, at once: nobody ever reads half of it. Two changes at a time wait for each other.

    Raises `ConfigError`; the file is then as it was.
    """
    place = path.resolve()  # a link stays a link
    try:
        folder = os.open(place.parent, os.O_RDONLY)
    except OSError:
        raise _missing(path) from None
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        text = edit(_text(path))
        config = parse(_raw(text, path), name=str(path), folder=str(place.parent))
        _replace(place, text)
    except OSError as error:
        raise ConfigError(f"{path}: cannot be written: {error.strerror}") from None
    finally:
        os.close(folder)
    return config


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise _missing(path) from None
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: is not UTF-8 text ({error.reason})") from None


def _missing(path: Path) -> ConfigError:
    return ConfigError(
        f"{path}: there is no such file: run `gaung init` to write one, or name one with --config"
    )


def _raw(text: str, path: Path) -> dict[str, object]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: would not be valid TOML: {error}") from None


def _replace(place: Path, text: str) -> None:
    known = place.stat()
    file, name = tempfile.mkstemp(dir=place.parent, prefix=f".{place.name}.")
    written = Path(name)
    try:
        with os.fdopen(file, "w", encoding="utf-8", newline="") as out:
            out.write(text)
            out.flush()
            os.fsync(out.fileno())
        written.chmod(known.st_mode & 0o7777)
        with suppress(PermissionError):  # only root may give a file to another
            os.chown(written, known.st_uid, known.st_gid)
        written.replace(place)
    finally:
        written.unlink(missing_ok=True)

"""Notices that config.toml was changed, by whomever."""

from __future__ import annotations

from pathlib import Path

from monitor.config.reading import load
from monitor.config.settings import Config

_Stamp = tuple[int, int, int]


class Followed:
    """A configuration file, and the state of it that was read last."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._stamp = _stamp(path)

    def changed(self) -> Config | None:
        """Give what the file says if it was changed since it was last asked; else None.

        Raises `ConfigError`, once per change, if the file cannot be used.
        """
        stamp = _stamp(self._path)
        if self._path is None or stamp == self._stamp:
            return None
        self._stamp = stamp
        return load(self._path)


def _stamp(path: Path | None) -> _Stamp | None:
    if path is None:
        return None
    try:
        known = path.stat()
    except OSError:
        return None
    return known.st_mtime_ns, known.st_size, known.st_ino

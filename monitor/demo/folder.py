"""The folder of a demo: what is in it, and its configuration."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from monitor.demo.records import WATCH
from monitor.errors import OperatorError

_MARK = "# Written by `gaung demo`."
_CONFIG = """{mark} All posts in this folder are synthetic: no account and no
# event is real. Look at them with this file, as with any other (times are needed, because the
# campaign lies where it lies, and not in the last days):
#
#   gaung --config {path} report {watch} --since 2026-08-18 --until 2026-09-01
#   gaung --config {path} alerts
#
# `gaung init` writes a file with every key for hashtags of your own.

timezone = "Asia/Jakarta"

[[watches]]
name = "{watch}"
hashtags = ["JembatanRaya"]
every = "10m"
backfill = "7h"                        # the first turn is at 07:05 of the first day

[collectors.mastodon]
servers = ["{server}"]   # the demo's own server; it ended with the demo
seconds_between_requests = 0           # real servers are asked once a second

[collect]
overlap = "2h"                         # read again, because counts of reposts grow
expand_for = "2d"                      # reposts are asked for after 1 h, 6 h and 24 h
expand_limit = {expand_limit}
check_for = "2d"                       # what became of a post: asked after 1 h, 1 day and 2 days
rescan = "0s"                          # here no post comes late; real servers get some days late
nightly = "0s"

[store]
path = "data/gaung.duckdb"

[alerts]
recipients = ["meja-isu@example.org"]  # the thresholds are those of any config.toml

[digest]
at = "07:00"
recipients = ["pimpinan@example.org"]
quiet_days = "daily"                   # so that the demo shows quiet days, too

[[people]]
address = "meja-isu@example.org"       # alerts in English, digests in Indonesian
language = "en"

[mail]
server = "127.0.0.1"                   # the demo's own mail server, which writes into mail/
port = {port}
security = "none"
sender = "gaung <gaung@example.org>"
"""
_MADE = (
    "config.toml",
    "report.txt",
    "report.md",
    "report.json",
    "report.csv",
    "amplification.gexf",
    "alerts.txt",
    "planted-found.txt",
)
_MADE_FOLDERS = ("data", "mail")


@dataclass(frozen=True, slots=True)
class DemoFolder:
    """Where everything is written."""

    path: Path

    @property
    def config(self) -> Path:
        """The configuration."""
        return self.path / "config.toml"

    @property
    def mail(self) -> Path:
        """Where letters arrive."""
        return self.path / "mail"

    def clear(self) -> None:
        """Make the folder, or empty that of an earlier demo. Raises `OperatorError`."""
        if self.path.exists() and not self.path.is_dir():
            raise OperatorError(f"{self.path}: is no folder: name another one")
        if self.path.is_dir() and any(self.path.iterdir()) and not self._is_ours():
            raise OperatorError(
                f"{self.path}: holds files that no demo has written: name an empty or a new folder"
            )
        self.path.mkdir(parents=True, exist_ok=True)
        for name in _MADE:
            (self.path / name).unlink(missing_ok=True)
        for name in _MADE_FOLDERS:
            shutil.rmtree(self.path / name, ignore_errors=True)

    def write_config(self, *, server: str, port: int, expand_limit: int) -> None:
        """Write the configuration."""
        text = _CONFIG.format(
            mark=_MARK,
            path=self.config,
            watch=WATCH,
            server=server,
            port=port,
            expand_limit=expand_limit,
        )
        self.config.write_text(text, encoding="utf-8")

    def _is_ours(self) -> bool:
        return self.config.is_file() and self.config.read_text(encoding="utf-8").startswith(_MARK)

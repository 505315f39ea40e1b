"""What is drawn: the demo, a file, or a store that there is; each with its target and its time."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from monitor import config
from monitor.store import StoreFile
from monitor.target import Target

_HOUR = timedelta(hours=1)
_CONFIG = """timezone = "Asia/Jakarta"

[[watches]]
name = "{hashtag}"
hashtags = ["{hashtag}"]

[alerts]
recipients = ["meja-isu@example.org"]

[digest]
recipients = ["pimpinan@example.org"]
"""
DEMO_AT = datetime(2026, 8, 27, 13, 30, tzinfo=UTC)  # the push is half an hour old
_DEMO_TIMES = ("--since", "2026-08-18", "--until", "2026-09-01")


@dataclass(frozen=True, slots=True)
class Given:
    """A configuration with its store, what is asked about, and when."""

    config: Path
    target: str
    at: datetime
    times: tuple[str, ...] = ()  # options of what is asked about a target
    is_ours: bool = False  # nobody minds what is done to it

    @property
    def folder(self) -> Path:
        """Where commands are typed: beside the configuration."""
        return self.config.parent

    def gaung(self, *words: str) -> list[str]:
        """Give the command line that runs gaung at its time, in its folder."""
        program = Path(__file__).with_name("at.py")
        named = () if self.config.name == "config.toml" else ("--config", self.config.name)
        return [sys.executable, "-P", str(program), self.at.isoformat(), *named, *words]


def demo(folder: Path) -> Given:
    """Run the demo into a folder, unless it is there."""
    if not (folder / "config.toml").exists():
        shutil.rmtree(folder, ignore_errors=True)
        subprocess.run([sys.executable, "-m", "monitor", "demo", str(folder)], check=True)
    return Given(folder / "config.toml", "jembatan-raya", DEMO_AT, _DEMO_TIMES, is_ours=True)


def stored(path: Path) -> Given:
    """Take a store that there is; what is asked about is its first watch, now its last post."""
    settings = config.load(path)
    watch = settings.watches[0]
    with StoreFile(settings.store_path).open(read_only=True) as store:
        _, last = store.queries.span(Target.of(watch).selection(None, None))
    return Given(path.resolve(), watch.name, (last or datetime.now(UTC)) + _HOUR)


def imported(file: Path, folder: Path) -> Given:
    """Import a file into a store of its own; watched is the hashtag that most of its posts have."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    gaung = [sys.executable, "-m", "monitor"]
    subprocess.run([*gaung, "import", str(file.resolve())], cwd=folder, check=True)
    most = "select hashtag from hashtags group by 1 order by count(*) desc, 1 limit 1"
    told = subprocess.run(
        [*gaung, "sql", most, "--format", "json"], cwd=folder, check=True, capture_output=True
    )
    rows = json.loads(told.stdout)["rows"]
    hashtag = rows[0]["hashtag"] if rows else "tagar"
    (folder / "config.toml").write_text(_CONFIG.format(hashtag=hashtag), encoding="utf-8")
    return replace(stored(folder / "config.toml"), is_ours=True)

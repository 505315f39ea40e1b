"""Which commands are shown on a terminal."""

from __future__ import annotations

import shlex
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click

_EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "posts.csv"
# Settings with a word that there is not, as people misspell them.
_MISSPELT = '[[watches]]\nname = "air-bersih"\nhashtag = ["AirBersih"]\n'

# A name for the picture, and what is typed.
_LOOKS = """
status: status
status-json: status --json
top: top --once
sources: sources
sources-one: sources mastodon
watches: watch list
once: once --dry-run
report: report {target} {times}
report-markdown: report {target} {times} --format markdown
report-csv: report {target} {times} --format csv
findings: findings
alerts: alerts
digest: digest --print
indicators: indicators {target} {times}
coordination: coordination {target} {times}
coordination-accounts: coordination {target} {times} --accounts
coordination-edges: coordination {target} {times} --edges
genesis: genesis {target} {times}
genesis-redacted: genesis {target} {times} --redact
backtest: backtest {target} {times}
sql: sql "select hashtag, count(*) as posts from hashtags group by 1 order by 2 desc"
sql-describe: sql "describe posts"
sql-views: sql --views
metrics: metrics
audit: audit
silences: silence
schema: schema
schema-one: schema status
completion: completion bash
"""
_WRITES = """
bad-config: --config salah.toml status
import-dry-run: import posts.csv --dry-run
watch-add: watch add air-bersih "#AirBersih" "#KrisisAir"
watch-pause: watch pause air-bersih
watch-list: watch list
watch-resume: watch resume air-bersih
watch-remove: watch remove air-bersih
silence: silence {target} --for 6h --why "kampanye kementerian yang direncanakan"
silences: silence
ack: ack {target} --why "humas menjawab"
import: import posts.csv --watch {target}
import-again: import posts.csv --watch {target}
report-html: report {target} {times} -o laporan.html
report-xlsx: report {target} {times} -o laporan.xlsx
graph: graph {target} {times} -o graf.gexf
graph-hashtags: graph {target} {times} --kind hashtags -o tagar.graphml
export: export lake/
export-4cat: export posts.ndjson --format 4cat --target {target}
backup: backup cadangan.duckdb
erase-dry-run: erase x:@siapa --dry-run
purge-dry-run: purge --dry-run
init: init baru
check: check
audit: audit
"""
_ERRORS = """
command: reprot {target}
target: report {near}
hashtag: report "#TidakAda"
option: report {target} --sinse 7d
time: report {target} --since kemarin
window: report {target} --window 7x
format: report {target} --format exel
ending: graph {target} -o graf.foo
no-file: import tiada.csv
no-argument: report
sql-table: sql "select * from post"
sql-write: sql "drop table posts"
no-config: --config tiada.toml status
schema: schema reprt
ack: ack tiada
shell: completion tcsh
watch: watch pause {near}
"""


@dataclass(frozen=True, slots=True)
class Screen:
    """A command that is shown, under a name."""

    name: str
    words: tuple[str, ...]
    coloured: bool = True  # some are the same without colour, and are shown once
    after: float | None = None  # seconds, for what goes on by itself


def _screens(kind: str, lines: str) -> Iterator[Screen]:
    """Read screens from lines of names and words."""
    for line in lines.strip().splitlines():
        name, _, words = line.strip().partition(": ")
        yield Screen(f"{kind}-{name}", tuple(shlex.split(words, comments=False)))


def helps() -> Iterator[Screen]:
    """Give the help of the program, of each command, and of commands of commands."""
    from monitor.cli import COMMANDS, cli

    yield Screen("help", ("--help",), coloured=False)
    for name in sorted(COMMANDS):
        yield Screen(f"help-{name}", (name, "--help"), coloured=False)
        command = cli.get_command(click.Context(cli), name)
        for below in sorted(getattr(command, "commands", {})):
            yield Screen(f"help-{name}-{below}", (name, below, "--help"), coloured=False)


def looks(target: str, times: str) -> Iterator[Screen]:
    """Give what is told of a target, and of all that is stored."""
    yield from _screens(
        "show",
        _LOOKS.format(target=target, times=times),
    )
    yield Screen("show-top-live", ("top",), after=8.0)


def lay_out(folder: Path) -> None:
    """Put the files that `writes` names into a folder."""
    (folder / "salah.toml").write_text(_MISSPELT, encoding="utf-8")
    shutil.copy(_EXAMPLE, folder / "posts.csv")


def writes(target: str, times: str) -> Iterator[Screen]:
    """Give what changes the store or the configuration, or writes files: for a copy, in order."""
    yield from _screens(
        "do",
        _WRITES.format(target=target, times=times),
    )


def errors(target: str) -> Iterator[Screen]:
    """Give what is said where somebody mistypes."""
    near = target[:-2] + target[-1]
    yield from _screens(
        "error",
        _ERRORS.format(target=target, near=near),
    )

"""`gaung import`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.context import Given, read_time
from monitor.cli.progress import progress
from monitor.cli.tables import tell
from monitor.nearest import did_you_mean, one_of

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from collectors.imports.sample import Importer
    from monitor.config import Config
    from monitor.importing import ImportResult
    from monitor.wiring import App

_LONG = 10.0  # seconds: who waited so long waits a moment more
_SHARE_OF_IMPORT = 0.1
_SECONDS_OF_REPORT = 4e-6  # for each post of the store

_IMPORT = """Bring in files, each recognized by its content.

\b
Formats:
  twitter-v1     X/Twitter API v1.1, one tweet a line (JSONL)
  twitter-v2     X/Twitter API v2, as twarc writes it (JSONL)
  zeeschuimer    NDJSON of Zeeschuimer: TikTok, Instagram, Threads, X
  4cat           NDJSON of 4CAT: the same platforms, raw or as columns
  mastodon       statuses as Mastodon's API gives them, or its answers
  bluesky        posts as Bluesky's API gives them, or Jetstream's events
  tweet-harvest  CSV of tweet-harvest, with , or ;
  csv            any CSV with times and authors; name columns with --map
  lake           a folder that `gaung export` wrote, as a whole
  parquet        gaung's own columns, or any that a CSV may have

JSON may be one record a line, a list, or spread over lines. Files may be packed (.gz, .zst, .bz2,
.xz, a .zip of one file); of a folder all files are read. A record that cannot be read is set aside
with its reason; importing a file again changes nothing.

\b
Examples:
  gaung import tweets.jsonl
  gaung import folder-of-exports/ --watch air-bersih
  gaung import lake/
  gaung import posts.csv.gz --dry-run
  gaung import posts.csv --map created_at=Waktu --map author=Akun
  gaung import posts.csv --zone Asia/Jakarta
  gaung import feb.csv --covers 2025-02-22..2025-02-28 --hashtag AirBersih
"""


@click.command("import", help=_IMPORT)
@click.argument(
    "files", nargs=-1, required=True, metavar="FILE...", type=click.Path(path_type=Path)
)
@click.option(
    "--format",
    "format_name",
    default="auto",
    metavar="FORMAT",
    show_default=True,
    help="One of the formats above, if the content does not tell.",
)
@click.option("--watch", metavar="NAME", help="The watch that the posts belong to.")
@click.option("--map", "maps", multiple=True, metavar="FIELD=COLUMN", help="Where a field stands.")
@click.option(
    "--zone",
    default="UTC",
    metavar="ZONE",
    show_default=True,
    help="For CSV: the time zone of clocks that say no offset, as Asia/Jakarta.",
)
@click.option("--covers", metavar="SINCE..UNTIL", help="The time that the file is complete for.")
@click.option(
    "--hashtag",
    "hashtags",
    multiple=True,
    metavar="TAG",
    help="With --covers: what it is complete for.  [default: those of --watch]",
)
@click.option("--platform", metavar="NAME", help="For CSV: whose posts these are: x, instagram, …")
@click.option("--dry-run", is_flag=True, help="Show the mapping and ten rows; store nothing.")
@click.option("--json", "as_json", is_flag=True, help="With --dry-run: as JSON.")
@click.pass_obj
def import_command(
    given: Given,
    files: tuple[Path, ...],
    format_name: str,
    watch: str | None,
    maps: tuple[str, ...],
    zone: str,
    covers: str | None,
    hashtags: tuple[str, ...],
    platform: str | None,
    dry_run: bool,
    as_json: bool,
) -> int:
    """Import each file; one that cannot be imported does not keep the others out."""
    from monitor import clock
    from monitor.cli.import_preview import show_preview
    from monitor.importing import import_file, preview

    if as_json and not dry_run:
        raise click.UsageError("--json goes with --dry-run")
    app = given.app()
    now = clock.now()
    known = {w.name: w for w in app.config.watches}
    if watch is not None and watch not in known:
        near = one_of(watch, known, none="none is configured")
        raise click.BadParameter(f"there is no watch {watch!r}{near}", param_hint="--watch")
    tags = hashtags or (known[watch].tags if watch else ())
    stretch = _covers(covers, tags, now=now, config=app.config)
    mapping = _mapping(maps) | ({"platform": f"={platform}"} if platform else {})
    clocks = _zone(zone)

    def work(path: Path, importer: Importer) -> bool:
        with import_progress(path) as advance:
            if dry_run:
                shown = preview(
                    path, importer=importer, mapping=mapping, zone=clocks, on_progress=advance
                )
            else:
                result = import_file(
                    app.stores, path, importer=importer, mapping=mapping, zone=clocks, now=now,
                    watch=watch, covers=stretch, on_progress=advance,
                )  # fmt: skip
        if dry_run:
            show_preview(shown, as_json=as_json)
        else:
            _tell(app, result)
        return True

    started = clock.monotonic()
    code = _each(files, format_name, work)
    if not dry_run:
        _make_ready(app, clock.monotonic() - started)
    return code


def _make_ready(app: App, taken: float) -> None:
    """Have the first reports ready, if that takes little beside the import itself."""
    from monitor import clock
    from monitor.cli.progress import working
    from monitor.ready import prepare_all

    if taken <= _LONG or not app.stores.path.exists():
        return
    with app.stores.open(read_only=True) as store:
        is_long = store.count_posts() * _SECONDS_OF_REPORT > taken * _SHARE_OF_IMPORT
    if not is_long:
        with working("preparing reports"):
            prepare_all(app, now=clock.now())


def _each(files: tuple[Path, ...], format_name: str, work: Callable[[Path, Importer], bool]) -> int:
    """Do it with each file, and with those in folders; there, what is no export is passed over."""
    from collectors.errors import ImportFileError
    from monitor.importing import files_in, importer_for

    done = failed = skipped = 0
    for given in files:
        is_folder = given.is_dir()
        for path in files_in(given) if is_folder else [given]:
            importer = None
            try:
                importer = importer_for(path, format_name)
                work(path, importer)
                done += 1
            except BrokenPipeError:  # whoever reads our output has seen enough
                raise
            except (ImportFileError, OSError) as error:
                told = f"{path}: {error.strerror or error}" if isinstance(error, OSError) else error
                is_other = is_folder and importer is None
                skipped, failed = skipped + is_other, failed + (not is_other)
                click.echo(f"gaung: {'passed over: ' if is_other else ''}{told}", err=True)
    if any(given.is_dir() for given in files):
        click.echo(f"{done} files read, {skipped} passed over, {failed} failed", err=True)
    return 1 if failed or not done else 0


def _tell(app: App, result: ImportResult) -> None:
    again = " (imported before)" if result.imported_before_at else ""
    made = result.provenance
    by = f" by {made.tool}" if made.tool and made.tool != result.format else ""
    tell(
        f"{result.path.name}: {result.title}{by}{again}: {result.read:,} read, {result.new:,} new, "
        f"{result.updated:,} updated, {result.set_aside:,} set aside"
        + (f", {result.repeated:,} repeat a post of the file" if result.repeated else "")
    )
    if made.capture_mode == "browsed":
        click.echo(
            "  browsed: what a platform showed to a person; its volume tells nothing", err=True
        )
    if result.set_aside:
        _tell_set_aside(app, result.run_id)


def _tell_set_aside(app: App, run_id: int) -> None:
    with app.stores.open(read_only=True) as store:
        for row in store.runs.set_aside_of(run_id):
            field = f", field {row['field']}" if row["field"] else ""
            click.echo(
                f"  set aside {row['count']:,}: {row['reason']}{field} (such as {row['example']})",
                err=True,
            )


def _zone(name: str) -> ZoneInfo:
    from zoneinfo import ZoneInfo, available_timezones

    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        near = did_you_mean(name, available_timezones()) or ": write for example Asia/Jakarta"
        raise click.BadParameter(
            f"there is no time zone {name!r}{near}", param_hint="--zone"
        ) from None


def _mapping(maps: tuple[str, ...]) -> dict[str, str]:
    from collectors.imports.csv_columns import NAMES

    mapping = {}
    for text in maps:
        field, equals, column = (part.strip() for part in text.partition("="))
        if not equals or not field or not column:
            raise click.BadParameter(
                f"{text!r}: write FIELD=COLUMN, such as text=Isi", param_hint="--map"
            )
        if field not in NAMES:
            raise click.BadParameter(
                f"there is no field {field!r}{one_of(field, NAMES)}", param_hint="--map"
            )
        mapping[field] = column
    return mapping


def _covers(
    text: str | None, tags: tuple[str, ...], *, now: datetime, config: Config
) -> tuple[list[str], tuple[datetime, datetime]] | None:
    """Read SINCE..UNTIL, and what it is of."""
    if text is None:
        return None
    since, dots, until = text.partition("..")
    start = read_time(since or None, option="--covers", now=now, config=config)
    end = read_time(until or None, option="--covers", now=now, config=config)
    if not dots or start is None or end is None or start >= end:
        raise click.BadParameter(f"{text!r}: write SINCE..UNTIL", param_hint="--covers")
    from collectors.hashtags import normalize_all

    spelled = list(normalize_all(tags))
    if not spelled:
        raise click.BadParameter(
            "say of which --hashtag, or of which --watch", param_hint="--covers"
        )
    return spelled, (start, end)


@contextmanager
def import_progress(path: Path) -> Iterator[Callable[[int], None]]:
    """Show how far a file was read, on a terminal."""
    with progress(path.name) as bar:
        bar.step(path.name, total=path.stat().st_size, unit="bytes")
        yield bar.to

"""Collection runs, and the records that they set aside."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from monitor import __version__, lock, secrets
from monitor.schedule import Attempt
from monitor.store.database import Database

if TYPE_CHECKING:
    import polars as pl

    from collectors.page import Page
    from monitor.store.posts import Saved

INTERRUPTED = "interrupted"  # the detail of a run that nobody finished


class Runs:
    """The tables runs and rejected."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def start(self, task: str, source: str, *, now: datetime, **about: str | None) -> int:
        """Note that a run begins; `about`: hashtag, watch, locator, sha256, tool, capture_mode.

        Gives its id.
        """
        run_id = int(
            self._db.value(
                """
                insert into runs (
                    task, source, hashtag, watch, locator, sha256, started_at, version, tool,
                    capture_mode, worker)
                values ($task, $source, $hashtag, $watch, $locator, $sha256, $now, $version, $tool,
                    $capture_mode, $worker)
                returning run_id
                """,
                task=task,
                source=source,
                hashtag=about.get("hashtag"),
                watch=about.get("watch"),
                locator=about.get("locator"),
                sha256=about.get("sha256"),
                tool=about.get("tool"),
                capture_mode=about.get("capture_mode"),
                now=now,
                version=__version__,
                worker=lock.worker_on(self._db.path),
            )
        )
        lock.begin(self._db.path, run_id)
        return run_id

    def add_page(self, run_id: int, saved: Saved, page: Page) -> None:
        """Add what a page brought to its run, and where the next one starts."""
        self._db.run(
            """
            update runs set pages = pages + 1, cursor = $cursor,
                received = received + $received, new = new + $new,
                updated = updated + $updated, rejected = rejected + $rejected
            where run_id = $run_id
            """,
            run_id=run_id,
            cursor=page.cursor,
            received=page.received,
            new=saved.new,
            updated=saved.updated,
            rejected=page.rejected.height,
        )

    def finish(
        self,
        run_id: int,
        verdict: str,
        *,
        now: datetime,
        detail: str | None = None,
        retry_at: datetime | None = None,
    ) -> None:
        """Close a run with its verdict."""
        self._db.run(
            """
            update runs set finished_at = $now, verdict = $verdict, detail = $detail,
                retry_at = $retry_at
            where run_id = $run_id
            """,
            run_id=run_id,
            verdict=verdict,
            now=now,
            detail=detail and secrets.redact(detail),
            retry_at=retry_at,
        )

    def close_interrupted(self, *, now: datetime) -> int:
        """Close runs that nobody will finish: their process has ended. Gives their number.

        What goes on, in this process or in another, is left alone.
        """
        left = [row["run_id"] for row in self._unfinished() if not goes_on(self._db, row)]
        if not left:
            return 0
        return self._db.run(
            """
            update runs set finished_at = $now, verdict = 'failed', detail = $why
            where list_contains($left, run_id)
            """,
            now=now,
            why=INTERRUPTED,
            left=left,
        )

    def _unfinished(self) -> list[dict[str, Any]]:
        return self._db.rows("select run_id, worker from runs where finished_at is null")

    def last_attempts(self, *, now: datetime) -> dict[tuple[str, str], Attempt]:
        """Give the last polls of each stream; what a replay noted ahead of now does not count."""
        rows = self._db.rows(
            """
            select source, hashtag, max(started_at) as started_at,
                   arg_max_null(retry_at, run_id) as retry_at,
                   max(started_at) filter (
                       task in ('rescan', 'nightly') and verdict in ('complete', 'partial')
                       or run_id = first) as rescan_at,
                   max(started_at) filter (
                       task = 'nightly' and verdict in ('complete', 'partial')
                       or run_id = first) as nightly_at
            from (select *, min(run_id) over (partition by source, hashtag) as first from runs
                  where task in ('poll', 'rescan', 'nightly') and started_at <= $now)
            group by source, hashtag
            """,
            now=now,
        )
        return {
            (row["source"], row["hashtag"]): Attempt(
                row["started_at"], row["retry_at"], row["rescan_at"], row["nightly_at"]
            )
            for row in rows
        }

    def looked_at(self, source: str, *, now: datetime) -> datetime | None:
        """Tell when a source was last asked about posts that were known."""
        when: datetime | None = self._db.value(
            """
            select max(started_at) from runs
            where source = $source and task in ('expand', 'check') and started_at <= $now
            """,
            source=source,
            now=now,
        )
        return when

    def last_cursor(self, source: str, hashtag: str) -> str | None:
        """Give where the last live run of a stream would have gone on."""
        rows = self._db.rows(
            """
            select cursor from runs
            where source = $source and hashtag = $hashtag and cursor is not null
            order by run_id desc limit 1
            """,
            source=source,
            hashtag=hashtag,
        )
        return rows[0]["cursor"] if rows else None

    def imported(self, sha256: str) -> datetime | None:
        """Tell when a file with this content was imported to the end."""
        rows = self._db.rows(
            "select max(finished_at) as at from runs "
            "where sha256 = $sha256 and verdict <> 'failed'",
            sha256=sha256,
        )
        return rows[0]["at"] if rows else None

    def browsed(self, sources: Sequence[str]) -> list[str]:
        """Give the tools behind those sources whose files are no complete record of anything."""
        rows = self._db.rows(
            """
            select distinct coalesce(tool, source) as tool from runs
            where task = 'import' and capture_mode in ('browsed', 'edges only')
              and source in (select unnest($sources)) order by tool
            """,
            sources=list(sources),
        )
        return [row["tool"] for row in rows]

    def all_browsed(self) -> list[str]:
        """Give every source of such files, with the tools behind them."""
        rows = self._db.rows(
            """
            select distinct source || ' ' || coalesce(tool, '') as told from runs
            where task = 'import' and capture_mode in ('browsed', 'edges only') order by told
            """
        )
        return [row["told"] for row in rows]

    def set_aside(self, run_id: int, source: str, rejected: pl.DataFrame, *, now: datetime) -> None:
        """Keep records that could not be read, once each."""
        import polars as pl

        from monitor.store.privacy import Privacy  # needs frames, which `gaung status` does not

        if rejected.is_empty():
            return
        kept = rejected.with_columns(
            pl.col(name).map_elements(secrets.redact, return_dtype=pl.String)
            for name in ("locator", "reason", "raw")
        )
        kept = Privacy(self._db).raw_without_erased(kept)
        with self._db.given("page_rejected", kept):
            self._db.run(
                """
                insert into rejected
                select md5(concat_ws(chr(31), $source, raw, reason)), $run_id, $source, locator,
                       field, reason, raw, $now
                from page_rejected
                on conflict do nothing
                """,
                run_id=run_id,
                source=source,
                now=now,
            )

    def set_aside_of(self, run_id: int) -> list[dict[str, Any]]:
        """Count the records that one run set aside, by reason."""
        return self._db.rows(
            """
            select reason, field, count(*) as count, min(locator) as example
            from rejected where run_id = $run_id
            group by all order by count desc, reason limit 10
            """,
            run_id=run_id,
        )

    def failures(self, since: datetime, until: datetime) -> list[dict[str, Any]]:
        """Return the sources with polls that failed within a time: source, runs, last_at, detail.

        A run that broke off with its process says nothing of the source: that time is a gap.
        """
        return self._db.rows(
            """
            select source, count(*) as runs, max(started_at) as last_at,
                   arg_max(detail, started_at) as detail
            from runs
            where task in ('poll', 'rescan', 'nightly', 'stream')
              and verdict in ('failed', 'refused') and detail is distinct from $interrupted
              and started_at >= $since and started_at <= $until
            group by source order by source
            """,
            since=since,
            until=until,
            interrupted=INTERRUPTED,
        )


def goes_on(database: Database, row: dict[str, Any]) -> bool:
    """Return whether somebody carries out a run that has no end yet: its run_id and worker."""
    return lock.is_carried_out(database.path, row["worker"], row["run_id"])

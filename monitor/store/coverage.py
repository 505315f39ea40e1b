"""The ledger: what was wanted of each source, what was read, and what is missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from monitor import ledger, secrets
from monitor.ledger import Gap, Stream, Stretch
from monitor.store.database import Database
from monitor.store.times import Times


class Coverage:
    """The tables streams, coverage and gaps."""

    def __init__(self, database: Database, *, now: datetime | None = None) -> None:
        """`now`: nothing has been read after it, whatever is written; None: all is believed."""
        self._db, self._now = database, now
        self._times = Times(database)

    def want(self, source: str, hashtag: str, *, since: datetime) -> None:
        """Note from when on a stream is wanted; earlier wins."""
        self._db.run(
            """
            insert into streams values ($source, $hashtag, $since)
            on conflict do update set wanted_from = least(streams.wanted_from, excluded.wanted_from)
            """,
            source=source,
            hashtag=hashtag,
            since=since,
        )

    def streams(
        self, *, hashtags: Sequence[str] | None = None, sources: Sequence[str] | None = None
    ) -> list[Stream]:
        """Give the ledger: all streams, or those of some hashtags and sources."""
        chosen = {
            "hashtags": None if hashtags is None else list(hashtags),
            "sources": None if sources is None else list(sources),
        }
        rows = self._db.rows(_STREAMS, **chosen)
        covered = self._stretches()
        gaps: dict[tuple[str, str], list[Gap]] = {}
        for gap in self.open_gaps():
            gaps.setdefault((gap.source, gap.hashtag), []).append(gap)
        return [
            Stream(
                source=row["source"],
                hashtag=row["hashtag"],
                wanted_from=row["wanted_from"],
                covered=self._believed(row, covered.get((row["source"], row["hashtag"]), [])),
                gaps=tuple(gaps.get((row["source"], row["hashtag"]), ())),
            )
            for row in rows
        ]

    def _believed(self, stream: dict[str, Any], stretches: list[Stretch]) -> tuple[Stretch, ...]:
        if self._now is None:
            return tuple(stretches)
        return tuple(
            self._times.believed(stream["source"], stream["hashtag"], stretches, now=self._now)
        )

    def cover(self, source: str, hashtag: str, stretch: Stretch) -> None:
        """Note that a stretch was read, and join it to what was read before."""
        if stretch[0] >= stretch[1]:
            return
        known = self._stretches(source=source, hashtag=hashtag).get((source, hashtag), [])
        joined = ledger.union([*known, stretch])
        self._db.run(
            "delete from coverage where source = $source and hashtag = $hashtag "
            "and not list_contains($starts, from_at)",
            source=source,
            hashtag=hashtag,
            starts=[start for start, _ in joined],
        )
        for start, end in joined:
            if (start, end) not in known:
                self._db.run(
                    """
                    insert into coverage values ($source, $hashtag, $start, $end)
                    on conflict do update set to_at = excluded.to_at
                    """,
                    source=source,
                    hashtag=hashtag,
                    start=start,
                    end=end,
                )

    def extend(self, source: str, hashtags: Sequence[str], stretch: Stretch) -> None:
        """Note that a stretch of many streams was read at once, as a live source's is."""
        grown = self._db.rows(
            """
            update coverage set to_at = greatest(to_at, $to_at)
            where source = $source and list_contains($hashtags, hashtag)
              and from_at <= $from_at and to_at >= $from_at
            returning hashtag
            """,
            source=source,
            hashtags=list(hashtags),
            from_at=stretch[0],
            to_at=stretch[1],
        )
        for hashtag in set(hashtags) - {row["hashtag"] for row in grown}:
            self.cover(source, hashtag, stretch)

    def listened(self, source: str, hashtags: Sequence[str]) -> list[str]:
        """Give those of the hashtags that a source was read for before."""
        rows = self._db.rows(
            "select distinct hashtag from coverage where source = $source "
            "and list_contains($hashtags, hashtag) order by hashtag",
            source=source,
            hashtags=list(hashtags),
        )
        return [row["hashtag"] for row in rows]

    def close_within(self, source: str, stretch: Stretch, *, run_id: int, now: datetime) -> None:
        """Shorten and close the gaps of a stream that was read from somewhere inside them on."""
        self._db.run(
            """
            update gaps set to_at = $from_at where source = $source and closed_at is null
              and from_at < $from_at and to_at > $from_at and to_at <= $to_at
            """,
            source=source,
            from_at=stretch[0],
            to_at=stretch[1],
        )
        self._db.run(
            """
            update gaps set from_at = $to_at where source = $source and closed_at is null
              and from_at >= $from_at and from_at < $to_at and to_at > $to_at
            """,
            source=source,
            from_at=stretch[0],
            to_at=stretch[1],
        )
        self._db.run(
            """
            update gaps set closed_at = $now, filled_by_run = $run_id
            where source = $source and closed_at is null
              and from_at >= $from_at and to_at <= $to_at
            """,
            source=source,
            from_at=stretch[0],
            to_at=stretch[1],
            run_id=run_id,
            now=now,
        )

    def _stretches(self, **stream: str) -> dict[tuple[str, str], list[Stretch]]:
        where = " and ".join(f"{column} = ${column}" for column in stream) or "true"
        found: dict[tuple[str, str], list[Stretch]] = {}
        for row in self._db.rows(
            f"select * from coverage where {where} order by from_at",  # noqa: S608
            **stream,
        ):
            key = row["source"], row["hashtag"]
            found.setdefault(key, []).append((row["from_at"], row["to_at"]))
        return found

    def open_gaps(self, **stream: str) -> list[Gap]:
        """Give the gaps that are open, of one stream (source, hashtag) or of all."""
        where = "".join(f" and {column} = ${column}" for column in stream)
        rows = self._db.rows(
            f"select * from gaps where closed_at is null{where} order by from_at, gap_id",  # noqa: S608
            **stream,
        )
        return [self._until_now(_gap(row)) for row in rows if self._has_begun(row)]

    def _has_begun(self, row: dict[str, Any]) -> bool:
        return self._now is None or bool(row["from_at"] <= self._now + ledger.SLACK)

    def _until_now(self, gap: Gap) -> Gap:
        if self._now is None or gap.to_at <= self._now + ledger.SLACK:
            return gap
        return replace(gap, to_at=max(gap.from_at, self._now))

    def gaps_between(self, hashtags: Sequence[str], since: datetime, until: datetime) -> list[Gap]:
        """Give the open gaps of some hashtags within a time."""
        rows = self._db.rows(
            """
            select * from gaps where closed_at is null and list_contains($hashtags, hashtag)
              and to_at > $since and from_at < $until order by from_at, source, hashtag
            """,
            hashtags=list(hashtags),
            since=since,
            until=until,
        )
        return [self._until_now(_gap(row)) for row in rows if self._has_begun(row)]

    def open_gap(
        self,
        source: str,
        hashtag: str,
        stretch: Stretch,
        reason: str,
        *,
        now: datetime,
        detail: str | None = None,
        cursor: str | None = None,
    ) -> None:
        """Note what is missing; one that begins at the same time for the same reason grows."""
        if stretch[0] >= stretch[1]:
            return
        detail = detail and secrets.redact(detail)
        known = {gap.from_at: gap for gap in self.open_gaps(source=source, hashtag=hashtag)}
        same = known.get(stretch[0])
        if same is not None and same.reason == reason:
            self._db.run(
                """
                update gaps set to_at = greatest(to_at, $to_at), detail = $detail,
                    cursor = coalesce($cursor, cursor)
                where gap_id = $gap_id
                """,
                to_at=stretch[1],
                detail=detail,
                cursor=cursor,
                gap_id=same.gap_id,
            )
            return
        self._db.run(
            """
            insert into gaps (source, hashtag, from_at, to_at, reason, detail, cursor, detected_at)
            values ($source, $hashtag, $from_at, $to_at, $reason, $detail, $cursor, $now)
            """,
            source=source,
            hashtag=hashtag,
            from_at=stretch[0],
            to_at=stretch[1],
            reason=reason,
            detail=detail,
            cursor=cursor,
            now=now,
        )

    def close_gap(self, gap_id: int, *, run_id: int, now: datetime) -> None:
        """Note that a gap was filled."""
        self._db.run(
            "update gaps set closed_at = $now, filled_by_run = $run_id where gap_id = $gap_id",
            gap_id=gap_id,
            run_id=run_id,
            now=now,
        )

    def change_gap(self, gap_id: int, **change: str | datetime | None) -> None:
        """Change a gap's from_at, to_at, reason, detail or cursor."""
        if isinstance(change.get("detail"), str):
            change["detail"] = secrets.redact(str(change["detail"]))
        columns = ", ".join(f"{column} = ${column}" for column in change)
        self._db.run(
            f"update gaps set {columns} where gap_id = $gap_id",  # noqa: S608
            gap_id=gap_id,
            **change,
        )


def _gap(row: dict[str, Any]) -> Gap:
    return Gap(**{name: row[name] for name in Gap.__dataclass_fields__})


_STREAMS = """
select * from streams
where ($hashtags is null or list_contains($hashtags, hashtag))
  and ($sources is null or list_contains($sources, source))
order by source, hashtag
"""

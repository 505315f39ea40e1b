"""Where streams go on, what they are to keep, and which posts are due for another look."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from collectors.collector import PostRef
from monitor.schedule import CHECK_AGES
from monitor.store.database import Database
from monitor.store.hiding import ASKED_EVERY

_MOST_TRACKED = 200_000  # keys of some 100 bytes each


@dataclass(frozen=True, slots=True)
class Position:
    """How far a stream has come."""

    cursor: str | None
    reached_at: datetime


class Streaming:
    """The tables cursors and checks."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def position(self, source: str) -> Position | None:
        """Tell where a stream goes on; None if it never ran."""
        rows = self._db.rows("select * from cursors where source = $source", source=source)
        if not rows:
            return None
        return Position(rows[0]["cursor"], rows[0]["reached_at"])

    def move(self, source: str, position: Position, *, now: datetime) -> None:
        """Note how far a stream has come, in the transaction of the page."""
        self._db.run(
            """
            insert into cursors values ($source, $cursor, $reached_at, $now)
            on conflict do update set cursor = coalesce(excluded.cursor, cursors.cursor),
                reached_at = excluded.reached_at, updated_at = excluded.updated_at
            """,
            source=source,
            cursor=position.cursor,
            reached_at=position.reached_at,
            now=now,
        )

    def put_back(self, source: str, position: Position, *, now: datetime) -> None:
        """Let a stream go on from an earlier place than it was said to have come to."""
        self._db.run(
            "update cursors set cursor = $cursor, reached_at = $reached_at, updated_at = $now "
            "where source = $source",
            source=source,
            cursor=position.cursor,
            reached_at=position.reached_at,
            now=now,
        )

    def tracked(
        self, platform: str, hashtags: Sequence[str], *, since: datetime
    ) -> tuple[set[str], set[str], set[str]]:
        """Give the keys of posts whose amplification is wanted, of their authors, of reposts."""
        frame = self._db.frame(
            """
            select post_key, author_key from posts
            where (captured_as = 'matched'
                   or post_key in (select post_key from hidden where captured_as = 'matched'))
              and platform = $platform and sort_at >= $since
              and list_has_any(hashtags, $hashtags)
            order by sort_at desc limit $limit
            """,
            platform=platform,
            hashtags=list(hashtags),
            since=since,
            limit=_MOST_TRACKED,
        )
        acts = self._db.frame(
            "select record_key from interactions where record_key is not null "
            "and platform = $platform and acted_at >= $since "
            "and (removed_at is null or hidden_at is not null)",
            platform=platform,
            since=since,
        )
        # However long an account is away: that it is back must be heard.
        away = self._db.frame(
            "select key from removals where kind = 'away' and starts_with(key, $platform || ':')",
            platform=platform,
        )
        return (
            set(frame["post_key"].to_list()),
            {*frame["author_key"].to_list(), *away["key"].to_list()},
            set(acts["record_key"].to_list()),
        )

    def unchecked(
        self,
        source: str,
        hashtags: Sequence[str],
        *,
        since: datetime,
        now: datetime,
        limit: int,
        found_by: Sequence[str] = (),
    ) -> list[PostRef]:
        """Give posts that came of age since the source was last asked what became of them.

        What is hidden is asked about once a day, and what version 0.1.0 blanked however old it is.

        found_by: the sources whose posts are asked about, if not the source's own. Those that
        could not be asked about come when they are tried again, after all others.
        """
        rows = self._db.rows(
            _TO_CHECK,
            source=source,
            found_by=list(found_by or [source]),
            hashtags=list(hashtags),
            since=since,
            now=now,
            ages=[age / timedelta(seconds=1) for age in CHECK_AGES],
            asked_before=now - ASKED_EVERY,
            limit=limit,
        )
        return [
            PostRef(
                row["post_key"],
                row["author_key"],
                row["url"],
                row["created_at"],
                row["checked_at"],
                row["local_id"],
            )
            for row in rows
        ]

    def mark_checked(self, source: str, posts: Sequence[PostRef], *, now: datetime) -> None:
        """Note that a source was asked what became of posts."""
        self._db.run(
            """
            insert into checks select $source, unnest($keys), $now
            on conflict do update set checked_at = excluded.checked_at
            """,
            source=source,
            keys=[post.post_key for post in posts],
            now=now,
        )


_TO_CHECK = """
with seen as (
    select p.post_key, p.author_key, p.url, p.created_at, min(s.first_seen_at) as first_seen_at,
           max(s.local_id) as local_id, c.checked_at, h.post_key is not null as is_hidden,
           u.tried_at
    from posts p
    join sightings s on s.post_key = p.post_key
        and s.source in (select unnest($found_by))
    left join checks c on c.post_key = p.post_key and c.source = $source and c.checked_at <= $now
    left join hidden h on h.post_key = p.post_key
    left join unanswered u on u.post_key = p.post_key and u.source = $source and u.task = 'check'
    where coalesce(h.captured_as, p.captured_as) = 'matched' and p.kind <> 'article'
      and (p.sort_at >= $since or not h.is_kept) and list_has_any(p.hashtags, $hashtags)
      and (u.retry_at is null or u.retry_at <= $now)
    group by p.post_key, p.author_key, p.url, p.created_at, c.checked_at, is_hidden, u.tried_at
), dated as (
    select *, list_max(list_filter(
        list_transform($ages, lambda age: created_at + to_seconds(age)),
        lambda reached: reached <= $now)) as reached_at
    from seen
)
select * from dated
where reached_at is not null and coalesce(checked_at, first_seen_at) < reached_at
   or is_hidden and coalesce(checked_at, first_seen_at) <= $asked_before
-- No LIMIT: DuckDB 2.0 drops one over several left joins with tables that are empty.
qualify row_number() over (
    order by tried_at nulls first, coalesce(checked_at, first_seen_at), post_key) <= $limit
order by tried_at nulls first, coalesce(checked_at, first_seen_at), post_key
"""

"""Which posts were asked for their reposts, and which are due."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from collectors.collector import PostRef
from monitor.schedule import EXPANSION_AGES
from monitor.store.database import Database


class Expansions:
    """The table expansions."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def due(
        self,
        source: str,
        hashtags: Sequence[str],
        *,
        since: datetime,
        now: datetime,
        limit: int,
        found_by: Sequence[str] = (),
    ) -> list[PostRef]:
        """Give the posts whose reposts are due to be asked for, those most reposted first.

        found_by: the sources whose posts are asked about, if not the source's own.

        Those that could not be asked about come when they are tried again, after all others.
        Due is a post whose count has grown since it was asked for, or that has come of age since:
        the counts of older posts are not seen again by polls.
        """
        ages = [age / timedelta(seconds=1) for age in EXPANSION_AGES]
        rows = self._db.rows(
            _TO_EXPAND,
            source=source,
            found_by=list(found_by or [source]),
            hashtags=list(hashtags),
            since=since,
            now=now,
            ages=ages,
            limit=limit,
        )
        return [
            PostRef(
                post_key=row["post_key"],
                author_key=row["author_key"],
                url=row["url"],
                created_at=row["created_at"],
                last_checked_at=row["checked_at"],
                local_id=row["local_id"],
            )
            for row in rows
        ]

    def mark(self, source: str, post_key: str, *, reposts: int | None, now: datetime) -> None:
        """Note that a post was asked for its reposts.

        reposts: those that it named; None if it does not know the post. A server may count more
        than it names: what it counts by now is answered for.
        """
        self._db.run(
            """
            insert into expansions (source, post_key, checked_at, reposts, answer)
            select $source, $post_key, $now,
                   greatest(coalesce($reposts, 0), coalesce(max(reposts), 0)),
                   case when $reposts is null then 'unknown here' else 'answered' end
            from engagement where post_key = $post_key
            on conflict do update set checked_at = excluded.checked_at,
                reposts = excluded.reposts, answer = excluded.answer
            """,
            source=source,
            post_key=post_key,
            now=now,
            reposts=reposts,
        )


_TO_EXPAND = """
with recent as (
    select post_key, author_key, url, created_at from posts
    where captured_as = 'matched' and kind <> 'repost'
      and source in (select unnest($found_by))
      and sort_at >= $since and list_has_any(hashtags, $hashtags)
), counted as (
    select post_key, max(reposts) as reposts from engagement semi join recent using (post_key)
    group by post_key
), dated as (
    select r.*, s.local_id, u.tried_at, e.checked_at, e.reposts as answered,
           coalesce(c.reposts, 0) as reposts,
           list_max(list_filter(
               list_transform($ages, lambda age: r.created_at + to_seconds(age)),
               lambda reached: reached <= $now)) as reached_at
    from recent r
    left join expansions e
        on e.post_key = r.post_key and e.source = $source and e.checked_at <= $now
    left join sightings s on s.post_key = r.post_key and s.source = $source
    left join counted c on c.post_key = r.post_key
    left join unanswered u on u.post_key = r.post_key and u.source = $source and u.task = 'expand'
    where u.retry_at is null or u.retry_at <= $now
)
select * from dated
where (reached_at is not null and (checked_at is null or checked_at < reached_at))
   or reposts > coalesce(answered, 0)
-- No LIMIT: DuckDB 2.0 drops one over several left joins with tables that are empty.
qualify row_number() over (
    order by tried_at nulls first, reposts desc, created_at desc, post_key) <= $limit
order by tried_at nulls first, reposts desc, created_at desc, post_key
"""

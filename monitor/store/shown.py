"""What a source has shown of a hashtag, and when: what is usual for it."""

from __future__ import annotations

from datetime import datetime, timedelta

from monitor.store.database import Database


class Shown:
    """The tables posts and sightings, by source and hashtag."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def posts_between(self, source: str, hashtag: str, since: datetime, until: datetime) -> int:
        """Count the posts that a source gave for a hashtag within a time."""
        return int(
            self._db.value(
                """
                select count(*) from posts
                where captured_as = 'matched' and source = $source
                  and list_contains(hashtags, $hashtag) and sort_at >= $since and sort_at < $until
                """,
                source=source,
                hashtag=hashtag,
                since=since,
                until=until,
            )
        )

    def shown_between(self, source: str, hashtag: str, since: datetime, until: datetime) -> int:
        """Count the posts of a time that a source has shown for a hashtag, first or not."""
        sql = _SHOWN.format("count(*)")
        return int(self._db.value(sql, source=source, hashtag=hashtag, since=since, until=until))

    def shown_elsewhere(self, source: str, hashtag: str, since: datetime, until: datetime) -> int:
        """Count the posts of a time that any other source has shown for a hashtag."""
        sql = _SHOWN.replace("source = $source", "source <> $source").format("count(*)")
        return int(self._db.value(sql, source=source, hashtag=hashtag, since=since, until=until))

    def is_alive(self, source: str, since: datetime, until: datetime) -> bool:
        """Return whether a source has shown a post of that time, under whatever hashtag."""
        return bool(
            self._db.value(
                """
                select count(*) > 0 from posts p
                semi join (from sightings where source = $source) s on s.post_key = p.post_key
                where captured_as = 'matched' and sort_at > $since and sort_at < $until
                """,
                source=source,
                since=since,
                until=until,
            )
        )

    def newest_shown(self, source: str, hashtag: str, now: datetime) -> datetime | None:
        """Return the time of the newest post of the last day that a source has shown."""
        sql, since = _SHOWN.format("max(sort_at)"), now - timedelta(days=1)
        about = {"source": source, "hashtag": hashtag, "since": since, "until": now}
        newest: datetime | None = self._db.value(sql, **about)
        return newest

    def post_times(
        self, source: str, hashtag: str, since: datetime, until: datetime
    ) -> list[datetime]:
        """Return when the posts were made that a source gave for a hashtag within a time."""
        rows = self._db.rows(
            """
            select sort_at from posts
            where captured_as = 'matched' and source = $source
              and list_contains(hashtags, $hashtag) and sort_at >= $since and sort_at < $until
            order by sort_at
            """,
            source=source,
            hashtag=hashtag,
            since=since,
            until=until,
        )
        return [row["sort_at"] for row in rows]


_SHOWN = """
select {} from posts p
semi join (from sightings where source = $source) s on s.post_key = p.post_key
where captured_as = 'matched' and list_contains(hashtags, $hashtag)
  and sort_at >= $since and sort_at < $until
"""

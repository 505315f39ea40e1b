"""Which hashtags there are, whoever asks for them."""

from __future__ import annotations

from monitor.store.database import Database
from monitor.store.queries import Selection

# Of a store of many millions, the newest are enough to finish a word, and quickly read.
_NEWEST = 1_000_000  # rows


class Tags:
    """Questions about hashtags. Needs no frames, so that a shell can ask."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def has_any(self, selection: Selection) -> bool:
        """Tell whether there is any such post."""
        sql = f"select 1 as one from posts where {selection.where()} limit 1"  # noqa: S608
        return bool(self._db.rows(sql, **selection.values()))

    def commonest(self, most: int, *, prefix: str = "") -> list[str]:
        """Give the hashtags that stand in most of the newest posts, the commonest first.

        prefix: in the one spelling of hashtags; only those that begin so.
        """
        rows = self._db.rows(
            """
            select hashtag from (
                select unnest(hashtags) as hashtag from posts
                where rowid >= (select coalesce(max(rowid), 0) from posts) - $newest)
            where starts_with(hashtag, $prefix)
            group by hashtag order by count(*) desc, hashtag limit $most
            """,
            newest=_NEWEST,
            prefix=prefix,
            most=most,
        )
        return [row["hashtag"] for row in rows]

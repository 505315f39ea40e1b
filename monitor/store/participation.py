"""Who took part, and what became of the posts: what the indicators are computed from."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

import polars as pl

from analysis.frames import PARTICIPATION
from monitor.store.database import Database
from monitor.store.queries import Selection

_LATER = timedelta(hours=24)


class Participation:
    """Questions about the acts of a selection; authors and texts are numbers."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def acts(self, selection: Selection) -> pl.DataFrame:
        """Give every act as `analysis.frames.PARTICIPATION`, in order of time; near_id is null."""
        frame = self._db.frame(
            f"""
            -- Files say of no account how old it is: then there is nothing to join.
            with born as (
                select author_key, created_at from authors where created_at is not null
            )
            select p.sort_at, hash(p.author_key) as author_id, true as is_post,
                   p.kind = 'repost' as is_repost, p.text_id, p.platform,
                   null::ubigint as near_id, a.created_at as born_at
            from (select * from posts where {selection.where()}) p
            left join born a on a.author_key = p.author_key
            union all
            select i.acted_at, hash(i.author_key), false, true, null, i.platform, null,
                   a.created_at
            from interactions i left join born a on a.author_key = i.author_key
            where i.kind = 'repost' and i.post_key is null and i.removed_at is null
              and {selection.acted().replace("acted_at", "i.acted_at")}
              and i.target_post_key in (select post_key from posts
                                        where {selection.any_time().where()})
            """,  # noqa: S608
            **selection.values(),
        )
        acts = frame.cast(PARTICIPATION)
        # What was collected as it came is in order already, and sorting takes a third of the time.
        return acts if acts["sort_at"].is_sorted() else acts.sort("sort_at", "author_id")

    def texts(self, selection: Selection, limit: int) -> pl.DataFrame | None:
        """Give one text of each number: text_id, text; None if there are more than `limit`."""
        where = f"{selection.where()} and text_id is not null"
        values = selection.values()
        count = self._db.value(
            f"select count(distinct text_id) from posts where {where}",  # noqa: S608
            **values,
        )
        if int(count) > limit:
            return None
        return self._db.frame(
            "select text_id, min(text) as text from posts "  # noqa: S608
            f"where {where} group by text_id order by text_id",
            **values,
        ).cast({"text_id": pl.UInt64})

    def hashtags(self, selection: Selection) -> pl.Series:
        """Count the posts of each hashtag, in rising order."""
        return self._db.frame(
            f"""
            select count(*) as posts
            from (select unnest(hashtags) as hashtag from posts where {selection.where()})
            group by hashtag order by posts
            """,  # noqa: S608
            **selection.values(),
        )["posts"]

    def has_articles(self, selection: Selection) -> bool:
        """Tell whether any news outlet wrote of it."""
        return bool(
            self._db.value(
                f"select exists (from posts where {selection.where(articles=True)})",
                **selection.values(),
            )
        )

    def numbers(self, keys: Iterable[str]) -> dict[str, int]:
        """Give the number that `acts` has for each account."""
        frame = self._db.frame(
            "select key, hash(key) as number from (select unnest($keys) as key)", keys=list(keys)
        )
        return dict(frame.iter_rows())

    def checked(self, selection: Selection) -> pl.DataFrame:
        """Return the posts asked about again a day or more later: sort_at (when), is_gone.

        Of what is hidden for a time nobody can say that it is gone, or there.
        """
        written = selection.any_time().where().replace("captured_as = 'matched'", _EVER_MATCHED)
        frame = self._db.frame(
            f"""
            select max(c.checked_at) as sort_at, any_value(p.removed_at is not null) as is_gone
            from checks c join (select * from posts where {written}) p using (post_key)
            where c.checked_at - p.sort_at >= $later
              and p.post_key not in (select post_key from hidden)
              and {selection.acted().replace("acted_at", "c.checked_at")}
            group by p.post_key order by sort_at
            """,  # noqa: S608
            later=_LATER,
            **selection.values(),
        )
        return frame.cast({"sort_at": pl.Datetime("us", "UTC"), "is_gone": pl.Boolean})


_EVER_MATCHED = "captured_as in ('matched', 'removed')"

"""Who acted on whom: the interactions of a selection, as edges and counts."""

from __future__ import annotations

import polars as pl

from analysis.frames import EDGES, require
from monitor.store.database import Database
from monitor.store.queries import Selection

# Numbers in place of keys: joining and grouping by them takes a third of the time. That two of a
# million keys have the same 64-bit number has a chance of 3 in 10^8.
_CHOOSE = """
create or replace temp table acts as
select author_key, target_author_key, hash(author_key) as author,
       hash(target_author_key) as target, kind, post_key is null as without_post, acted_at
from interactions
where removed_at is null and {acted} and hash(coalesce(post_key, target_post_key)) in (
    select hash(post_key) from posts where {where})
"""


class Acts:
    """The interactions of one selection, chosen once and asked several times."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def choose(self, selection: Selection) -> Acts:
        """Choose the acts on or by the posts of a selection, within its time."""
        where = selection.any_time().where()
        self._db.run(_CHOOSE.format(acted=selection.acted(), where=where), **selection.values())
        return self

    def edges(self) -> pl.DataFrame:
        """Give all edges as `analysis.frames.EDGES`."""
        frame = self._db.frame(
            """
            select any_value(author_key) as author_key,
                   any_value(target_author_key) as target_author_key,
                   kind, count(*) as count, min(acted_at) as first_at
            from acts where target_author_key is not null and author <> target
            group by author, target, kind
            """
        )
        return require(frame.cast(EDGES), EDGES)

    def by_kind(self) -> dict[str, int]:
        """Count the interactions of each kind, and as `boost` the reposts that are no posts."""
        rows = self._db.rows(
            "select kind, count(*) as count, count(*) filter (without_post) as without_post "
            "from acts group by kind"
        )
        counts = {row["kind"]: int(row["count"]) for row in rows}
        return counts | {"boost": sum(int(row["without_post"]) for row in rows)}

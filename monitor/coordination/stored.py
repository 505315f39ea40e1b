"""Whether accounts act together in the posts of the store, within what somebody waits for."""

from __future__ import annotations

from contextlib import ExitStack, closing, nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

import polars as pl

from monitor.coordination.found import Found
from monitor.coordination.run import Asked, coordinated
from monitor.engines import Engine, engine_of
from monitor.inputs import Wanted
from monitor.inputs.reading import Read, unheard
from monitor.inputs.stored import StoreInput
from monitor.store import Store
from monitor.target import Target

MOST_POSTS = 200_000  # three seconds; of more, nobody is kept waiting who has not asked for it
QUIET = timedelta(days=28)  # that a day is compared with


class Watcher(Protocol):
    """Hears how far a search is, for people who wait."""

    def on_read(self, read: Read) -> None:
        """Hear how far the posts are read."""
        ...

    def on_kinds(self, kinds: int) -> None:
        """Hear at how many kinds of things there is to look."""
        ...

    def counted(self, engine: Engine) -> Engine:
        """Give an engine that does the same and tells of its steps."""
        ...


@dataclass(frozen=True, slots=True)
class Looked:
    """What was found, by keys and without scores; or why it was not looked for."""

    found: Found | None
    why: str = ""


def looked(
    store: Store,
    target: Target,
    since: datetime,
    until: datetime,
    *,
    most: int = MOST_POSTS,
    engine: Engine | None = None,
    watcher: Watcher | None = None,
) -> Looked:
    """Look for groups in a time, if it has at most so many posts.

    engine: who names one has asked for it, and waits for any number of posts. watcher: is told how
    far it is.
    """
    count = store.queries.posts(target.selection(since, until))
    if count > most and engine is None:
        return Looked(
            None,
            f"not computed: {count:,} posts are more than {most:,}; "
            f'ask `gaung coordination "{target.name if target.hashtags else "all"}"`',
        )
    asked = Wanted(target.name, target.hashtags, watch=target.watch, since=since, until=until)
    # The groups are the same with either; Polars is quicker, DuckDB goes on when memory is short.
    with ExitStack() as held:
        if engine is None:
            name = "polars" if count <= MOST_POSTS else "duckdb"
            engine = held.enter_context(closing(engine_of(name)))
        hear = unheard if watcher is None else watcher.on_read
        source = StoreInput(lambda: nullcontext(store), asked, hear)
        asked_for = Asked(scored=False, keyed=True)
        if watcher is None:
            return Looked(coordinated(source, asked_for, engine))
        engine = watcher.counted(engine)
        return Looked(coordinated(source, asked_for, engine, on_kinds=watcher.on_kinds))


def acted_together(
    store: Store,
    target: Target,
    since: datetime,
    until: datetime,
    *,
    most: int = MOST_POSTS,
    engine: Engine | None = None,
    watcher: Watcher | None = None,
) -> tuple[pl.DataFrame | None, str]:
    """Give author_key and sort_at of what groups did together, for synchrony; None and why.

    Looked at are the 28 days before too, so that a day is compared with days that were looked at
    as well. Whoever tells synchrony asks here: so it is the same number everywhere.
    """
    begin = since - QUIET
    return acts_of(looked(store, target, begin, until, most=most, engine=engine, watcher=watcher))


def acts_of(seen: Looked) -> tuple[pl.DataFrame | None, str]:
    """Give author_key and sort_at of what groups did together; None and why nobody can say."""
    if seen.found is None or seen.found.insufficient:
        return None, seen.why or (seen.found.insufficient if seen.found else "")
    return seen.found.together, ""

"""What every place that posts come from gives to the analysis."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol

from monitor.target import Target

if TYPE_CHECKING:  # slow to load, and not needed to say what is asked for
    import polars as pl


@dataclass(frozen=True, slots=True)
class Aside:
    """A record that could not be read, and why."""

    place: str  # file and line
    reason: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which posts are asked for."""

    name: str  # as it is shown
    hashtags: tuple[str, ...]  # any of them; none: all posts
    watch: str | None = None
    since: datetime | None = None  # included
    until: datetime | None = None  # excluded

    @property
    def target(self) -> Target:
        """The same as a question to the store."""
        return Target(self.name, self.hashtags, watch=self.watch)

    def chosen(self) -> pl.Expr:
        """Give the condition on POSTS."""
        return self.tagged() & self.timely()

    def tagged(self) -> pl.Expr:
        """Give the condition on the hashtags of POSTS."""
        import polars as pl

        if not self.hashtags:
            return pl.lit(value=True)
        wanted = pl.element().is_in(list(self.hashtags))
        return pl.col("hashtags").list.eval(wanted).list.any().fill_null(value=False)

    def timely(self, at: str = "sort_at") -> pl.Expr:
        """Give the condition on a time."""
        import polars as pl

        terms = [pl.lit(value=True)]
        if self.since is not None:
            terms.append(pl.col(at) >= self.since.astimezone(UTC))
        if self.until is not None:
            terms.append(pl.col(at) < self.until.astimezone(UTC))
        return pl.all_horizontal(terms)


class Input(Protocol):
    """Gives posts, and who acted on whom."""

    wanted: Wanted
    notes: list[str]  # what a reader of the result must know
    set_aside: list[Aside]

    def batches(self, *columns: str) -> Iterator[pl.DataFrame]:
        """Give the posts batch by batch: POSTS, or these columns of it; each post once."""
        ...

    def posts(self, *columns: str) -> pl.DataFrame:
        """Give all posts at once, by sort_at and post_key."""
        ...

    def acts(self) -> pl.DataFrame:
        """Give who acted on whom: ACTS, by acted_at."""
        ...

    def handles(self, keys: Iterable[str]) -> dict[str, str]:
        """Give the handles of accounts, as far as they are known."""
        ...


def names_of(columns: tuple[str, ...]) -> list[str]:
    """Give the columns asked for, or all of POSTS."""
    from analysis.frames import POSTS

    return list(columns) or POSTS.names()


def in_order(batches: Iterable[pl.DataFrame], columns: tuple[str, ...]) -> pl.DataFrame:
    """Put batches together, by time and key."""
    import polars as pl

    from analysis.frames import POSTS

    names = names_of(columns)
    empty = POSTS.to_frame().select(names)
    return pl.concat([empty, *batches]).sort(
        [name for name in ("sort_at", "post_key") if name in names], maintain_order=True
    )

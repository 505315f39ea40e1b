"""Numbers 10, 11 and 12: who acts together, who is new, and what vanishes."""

from __future__ import annotations

from datetime import timedelta

import polars as pl

from analysis.indicators.indicator import Told, share, unknown

_YOUNG = timedelta(days=30)


def synchrony(acts: pl.DataFrame, coordinated: pl.DataFrame | None) -> Told:
    r"""Tell which share of the authors acts together more than chance has it.

    acts: PARTICIPATION of a window. coordinated: author_id and sort_at of the acts in which
    accounts of a coordinated group acted together (`analysis.graphs`); those of the window count.
    Interval: Wilson. N: authors.

    Pacheco et al. (2021), Uncovering Coordinated Networks on Social Media, ICWSM.

    >>> from analysis.indicators.examples import participation
    >>> acts = participation(author_id=[1, 2, 3, 4])
    >>> synchrony(acts, acts.head(2).select("author_id", "sort_at")).value
    0.5
    """
    if coordinated is None:
        return unknown("not computed: coordination was not looked for here")
    authors = acts["author_id"].unique()
    times = acts["sort_at"]
    within = coordinated.filter(pl.col("sort_at").is_between(times.min(), times.max()))
    together = authors.is_in(within["author_id"].unique().implode())
    return share(int(together.sum()), len(authors))


def new_account_share(acts: pl.DataFrame) -> Told:
    r"""Tell which share of the accounts was at most 30 days old when it acted first here.

    acts: PARTICIPATION. Only accounts whose age is told (born_at) count; the note says how many
    those are. Interval: Wilson. N: accounts of known age.

    Ferrara et al. (2016), The Rise of Social Bots, CACM 59(7), among others; never alone.

    >>> from analysis.indicators.examples import ago, participation
    >>> ages = [ago(days=9), ago(days=900), None]
    >>> told = new_account_share(participation(author_id=[1, 2, 3], born_at=ages))
    >>> told.value, told.note
    (0.5, 'age known of 67% of 3 accounts')
    """
    if acts["born_at"].null_count() == acts.height:
        return unknown("no source here tells how old an account is")
    accounts = acts.group_by("author_id").agg(
        pl.col("born_at").max(), first_at=pl.col("sort_at").min()
    )
    known = accounts.filter(pl.col("born_at").is_not_null())
    young = known.filter(pl.col("first_at") - pl.col("born_at") <= _YOUNG).height
    note = f"age known of {known.height / accounts.height:.0%} of {accounts.height:,} accounts"
    return share(young, known.height, note)


def vanished_share(checked: pl.DataFrame | None) -> Told:
    r"""Tell which share of the posts asked about again, a day or more after, was gone.

    checked: sort_at (when it was asked) and is_gone, one row per post. Interval: Wilson.

    Elmas et al. (2021), Ephemeral Astroturfing Attacks, EuroS&P: the posts that push a trend are
    deleted right after.

    >>> asked = pl.DataFrame({"sort_at": [None, None], "is_gone": [True, False]})
    >>> vanished_share(asked).value
    0.5
    """
    if checked is None or checked.is_empty():
        return unknown("no post of this time was asked about again")
    return share(int(checked["is_gone"].sum()), checked.height)

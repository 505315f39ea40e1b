"""Numbers 6 and 7: how much is new, and how much is said again."""

from __future__ import annotations

import numpy as np
import polars as pl

from analysis.indicators.concentration import alike
from analysis.indicators.indicator import Told, share, unknown

_NOT_NEAR = "near texts were not looked for here"


def originality_share(acts: pl.DataFrame, *, near: bool) -> Told:
    r"""Tell which share of the acts says something new: :math:`(N - reposts - repetitions) / N`.

    acts: PARTICIPATION. A repetition is a post whose text, or one near to it, was there before;
    texts that are too short to be compared count as new. Interval: Wilson.

    Nimmo (2019), Measuring Traffic Manipulation on Twitter, has the share of reposts (R).

    >>> from analysis.indicators.examples import participation
    >>> texts = participation(text_id=[7, 7, 8, None], is_repost=[False, False, False, True])
    >>> originality_share(texts, near=False).value
    0.5
    """
    texts = _texts(acts, near=near)
    repeated = len(texts) - texts.n_unique()
    new = acts.height - int(acts["is_repost"].sum()) - repeated
    return share(new, acts.height)


def original_acts(acts: pl.DataFrame) -> Told:
    r"""Tell which share of the acts is no repost: :math:`1 - n_{reposts} / N`. Interval: Wilson.

    Repetitions grow with the number of posts, so days are compared by this.

    >>> from analysis.indicators.examples import participation
    >>> original_acts(participation(is_repost=[False, True])).value
    0.5
    """
    return share(acts.height - int(acts["is_repost"].sum()), acts.height)


def duplicate_share(acts: pl.DataFrame) -> Told:
    r"""Tell which share of the posts repeats a text: :math:`1 - distinct / total`.

    Only posts that are no reposts and whose text is long enough to be compared (text_id); of
    equal texts the first is no repetition. The interval (Wilson) takes posts as independent.

    Pacheco et al. (2021), Uncovering Coordinated Networks on Social Media, ICWSM: the same text
    from many accounts is one of their traces.

    >>> from analysis.indicators.examples import participation
    >>> duplicate_share(participation(text_id=[7, 7, 7, 8, None])).value
    0.5
    """
    return _repeated(_texts(acts, near=False))


def near_duplicate_share(acts: pl.DataFrame, *, near: bool) -> Told:
    r"""Tell the same of texts that are nearly equal: :math:`1 - clusters / total`.

    near_id: clusters of texts whose words agree by four fifths or more (Jaccard, at least five
    words, without links and mentions). Interval: Wilson.

    >>> from analysis.indicators.examples import participation
    >>> near_duplicate_share(participation(near_id=[7, 7, 7, 8]), near=True).value
    0.5
    """
    return _repeated(_texts(acts, near=True)) if near else unknown(_NOT_NEAR)


def near_duplicates(acts: pl.DataFrame, *, near: bool) -> Told:
    r"""Tell how likely two posts say nearly the same: :math:`\sum m (m - 1) / T (T - 1)`.

    m: posts of a cluster of near texts, or of equal ones where near texts were not looked for;
    T: posts with a text to compare. Unlike the shares, it does not grow with the number of posts.
    Interval: see `alike`.

    >>> from analysis.indicators.examples import participation
    >>> near_duplicates(participation(near_id=[7, 7, 7, 8]), near=True).value
    0.5
    """
    sizes = _texts(acts, near=near).value_counts(name="posts")["posts"].to_numpy()
    told = alike(sizes.astype(np.float64), np.ones(len(sizes)))
    if near or told.value is None:
        return told
    return Told(value=told.value, low=told.low, high=told.high, n=told.n, note="of equal texts")


def _texts(acts: pl.DataFrame, *, near: bool) -> pl.Series:
    column = "near_id" if near else "text_id"
    return acts.filter(~pl.col("is_repost"), pl.col(column).is_not_null())[column]


def _repeated(texts: pl.Series) -> Told:
    return share(len(texts) - texts.n_unique(), len(texts))

"""Who takes part, and how: shares and concentrations of a hashtag's acts, with their error.

All take ACTIVITY, in any order; all say "too few" rather than give a number that means nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import exp, sqrt

import polars as pl

from analysis.frames import ACTIVITY, require

_Z = 1.959963984540054  # of a 95 % interval
_LEAST_ACTS = 30
_LEAST_AUTHORS = 20
_TOP = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicator:
    """One number, what it rests on, and how sure it is (95 %)."""

    name: str
    title: str
    value: float | None  # None: too few, or nobody can say; the note tells which
    low: float | None
    high: float | None
    n: int  # acts, posts or authors that it rests on
    note: str = ""


def indicators(activity: pl.DataFrame, *, coverage: float | None) -> list[Indicator]:
    """Give all indicators of these acts, always the same ones in the same order.

    Below 30 acts or 20 authors they say "too few", as does each that rests on fewer than 30 of
    its own. coverage: the share of the time that the sources account for; None: nobody can say.

    >>> few = indicators(pl.DataFrame(schema=ACTIVITY), coverage=0.9)
    >>> few[0].value, few[0].note, few[-1].value
    (None, 'too few: N=0, needs 30', 0.9)
    """
    posts_of = require(activity, ACTIVITY)["author_id"].value_counts(name="acts")["acts"]
    found = [
        repost_share(activity),
        duplicate_share(activity),
        originality_share(activity),
        top10_share(posts_of),
        effective_authors(posts_of),
        posts_per_author(posts_of),
    ]
    acts, authors = activity.height, len(posts_of)
    return [*(_enough(one, acts, authors) for one in found), _coverage(coverage, acts)]


def repost_share(activity: pl.DataFrame) -> Indicator:
    r"""Tell which share of the acts only passes on: :math:`R = n_{reposts} / N`.

    Interval: Wilson (1927). Nimmo (2019), Measuring Traffic Manipulation on Twitter, uses R as
    one of three signs of pushed traffic.

    >>> act = {"author_id": 1, "is_post": True, "text_id": None, "sort_at": None}
    >>> acts = [act | {"is_repost": passed_on} for passed_on in (True, True, True, False)]
    >>> repost_share(pl.DataFrame(acts, schema=ACTIVITY)).value
    0.75
    """
    reposts = int(activity["is_repost"].sum())
    return _share("repost_share", "Share of reposts", reposts, activity.height)


def duplicate_share(activity: pl.DataFrame) -> Indicator:
    r"""Tell which share of the posts repeats a text: :math:`1 - distinct / total`.

    Only posts that are no reposts and whose text is long enough to be compared (text_id); of
    equal texts the first is no repetition. The interval (Wilson) takes posts as independent.

    Pacheco et al. (2021), Uncovering Coordinated Networks on Social Media, ICWSM: the same text
    from many accounts is one of their traces.

    >>> act = {"author_id": 1, "is_post": True, "is_repost": False, "sort_at": None}
    >>> acts = [act | {"text_id": text} for text in (7, 7, 7, 8, None)]
    >>> duplicate_share(pl.DataFrame(acts, schema=ACTIVITY)).value
    0.5
    """
    total, repeated = _repeated(activity)
    return _share("duplicate_share", "Share of repeated texts", repeated, total)


def originality_share(activity: pl.DataFrame) -> Indicator:
    r"""Tell which share of the acts says something new: :math:`(N - reposts - repetitions) / N`.

    A repetition is a post whose text was there before (see `duplicate_share`); texts that are too
    short to be compared count as new. Interval: Wilson.

    >>> act = {"author_id": 1, "is_post": True, "sort_at": None, "is_repost": False}
    >>> acts = [act | {"text_id": text} for text in (7, 7, 8)] + [act | {"is_repost": True}]
    >>> originality_share(pl.DataFrame(acts, schema=ACTIVITY)).value
    0.5
    """
    _, repeated = _repeated(activity)
    new = activity.height - int(activity["is_repost"].sum()) - repeated
    return _share("originality_share", "Share of original posts", new, activity.height)


def top10_share(acts_of: pl.Series) -> Indicator:
    r"""Tell which share of the acts is by the ten most active: :math:`C_{10} = n_{top} / N`.

    acts_of: how many acts each author has. With ten authors or fewer it is 1 by definition. The
    interval (Wilson) holds for these ten.

    Nimmo (2019), Measuring Traffic Manipulation on Twitter, with the first 50 (F).

    >>> top10_share(pl.Series([10] * 10 + [1] * 100)).value
    0.5
    """
    top = int(acts_of.top_k(_TOP).sum())
    return _share("top10_share", "Share of the ten most active", top, int(acts_of.sum()))


def effective_authors(acts_of: pl.Series) -> Indicator:
    r"""Tell how many equally active authors would be as diverse: :math:`e^H`.

    .. math:: H = -\sum_a p_a \ln p_a, \quad p_a = n_a / N, \quad
              Var(H) \approx \left( \sum_a p_a \ln^2 p_a - H^2 \right) / N

    acts_of: how many acts each author has. Small samples see too few authors, so it is rather
    low. Hill (1973), Diversity and Evenness, Ecology 54(2); variance: Basharin (1959).

    >>> round(effective_authors(pl.Series([5, 5, 5, 5])).value, 6)
    4.0
    """
    name, title = "effective_authors", "Effective number of authors"
    total = int(acts_of.sum())
    if not total:
        return _none(name, title, 0)
    shares = acts_of / total
    logs = shares.log()
    entropy = -float((shares * logs).sum())
    spread = max(float((shares * logs * logs).sum()) - entropy**2, 0.0)
    margin = _Z * sqrt(spread / total)
    low, high = exp(entropy - margin), exp(entropy + margin)
    return Indicator(name=name, title=title, value=exp(entropy), low=low, high=high, n=total)


def posts_per_author(acts_of: pl.Series) -> Indicator:
    r"""Tell how many acts an author has: :math:`U = N / A`, the mean, with A authors.

    acts_of: how many acts each author has. Interval: the mean ± 1.96 standard errors, never
    below 1. Nimmo (2019) finds spontaneous traffic usually below 2.2.

    >>> posts_per_author(pl.Series([1, 1, 4])).value
    2.0
    """
    name, title = "posts_per_author", "Posts per author"
    authors = len(acts_of)
    if not authors:
        return _none(name, title, 0)
    mean = float(acts_of.sum()) / authors
    deviation = sqrt(float(((acts_of - mean) ** 2).sum()) / max(authors - 1, 1))
    margin = _Z * deviation / sqrt(authors)
    low, high = max(mean - margin, 1.0), mean + margin
    return Indicator(name=name, title=title, value=mean, low=low, high=high, n=authors)


def wilson(successes: int, n: int) -> tuple[float, float]:
    r"""Give the 95 % interval of a share.

    .. math:: \frac{p + z^2 / 2n \pm z \sqrt{p (1 - p) / n + z^2 / 4 n^2}}{1 + z^2 / n}

    Wilson (1927), Probable Inference, the Law of Succession, and Statistical Inference, JASA 22.

    >>> [round(limit, 3) for limit in wilson(5, 10)]
    [0.237, 0.763]
    """
    share, z2 = successes / n, _Z * _Z
    middle = share + z2 / (2 * n)
    margin = _Z * sqrt(share * (1 - share) / n + z2 / (4 * n * n))
    scale = 1 + z2 / n
    return max((middle - margin) / scale, 0.0), min((middle + margin) / scale, 1.0)


def _share(name: str, title: str, successes: int, n: int) -> Indicator:
    if not n:
        return _none(name, title, n)
    low, high = wilson(successes, n)
    return Indicator(name=name, title=title, value=successes / n, low=low, high=high, n=n)


def _none(name: str, title: str, n: int, note: str = "") -> Indicator:
    return Indicator(name=name, title=title, value=None, low=None, high=None, n=n, note=note)


def _repeated(activity: pl.DataFrame) -> tuple[int, int]:
    """Give how many posts have a text to compare, and how many of those repeat one."""
    texts = activity.filter(~pl.col("is_repost"), pl.col("text_id").is_not_null())["text_id"]
    return len(texts), len(texts) - texts.n_unique()


def _enough(one: Indicator, acts: int, authors: int) -> Indicator:
    """Give the indicator if there is enough to rest it on; else say what is missing."""
    least = _LEAST_AUTHORS if one.name == "posts_per_author" else _LEAST_ACTS
    if acts < _LEAST_ACTS:
        note = f"too few: N={acts}, needs {_LEAST_ACTS}"
    elif authors < _LEAST_AUTHORS:
        note = f"too few authors: A={authors}, needs {_LEAST_AUTHORS}"
    elif one.n < least:
        note = f"too few: N={one.n}, needs {least}"
    else:
        return one
    return replace(one, value=None, low=None, high=None, note=note)


def _coverage(coverage: float | None, acts: int) -> Indicator:
    """Tell which share of the time the sources account for."""
    note = "" if coverage is not None else "nobody can say: imported"
    return replace(_none("coverage", "Coverage", acts, note), value=coverage)

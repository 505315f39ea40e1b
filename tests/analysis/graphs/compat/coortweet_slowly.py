"""CooRTweet's rules once more, slowly and obviously: every two shares of an object are compared."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from itertools import combinations
from statistics import mean
from typing import NamedTuple


class Share(NamedTuple):
    """A row of SHARES."""

    object_id: str
    account_id: str
    content_id: str
    timestamp: int
    row: int


class Pair(NamedTuple):
    """A row of PAIRS."""

    object_id: str
    content_id: str
    content_id_y: str
    account_id: str
    account_id_y: str
    time_delta: int


def groups(shares: list[Share], *, within: int, min_participation: int, loops: bool) -> list[Pair]:
    """Give the pairs, in any order."""
    by_row = sorted(shares, key=lambda share: share.row)
    accounts = list(dict.fromkeys(share.account_id for share in by_row))
    counts = Counter(share.account_id for share in by_row)
    # As R leaves them: account after account, the rows of each in the order of the input.
    active = [
        share
        for account in accounts
        if counts[account] >= min_participation
        for share in by_row
        if share.account_id == account
    ]
    pairs = []
    for a, b in combinations(active, 2):
        if a.object_id != b.object_id or abs(a.timestamp - b.timestamp) > within:
            continue
        if not loops and (
            a.account_id == b.account_id
            or a.content_id == b.content_id
            or a.object_id in (a.content_id, b.content_id)
        ):
            continue
        old, new = (b, a) if a.timestamp > b.timestamp else (a, b)
        pairs.append(
            Pair(
                a.object_id,
                old.content_id,
                new.content_id,
                old.account_id,
                new.account_id,
                new.timestamp - old.timestamp,
            )
        )
    paired = {post for pair in pairs for post in (pair.content_id, pair.content_id_y)}
    inside = [share for share in active if share.content_id in paired]
    again = Counter(share.account_id for share in inside)
    posts = {s.content_id for s in inside if again[s.account_id] >= min_participation}
    return [pair for pair in pairs if pair.content_id in posts or pair.content_id_y in posts]


def edges(pairs: list[Pair], *, quantile: float) -> list[tuple[object, ...]]:
    """Give the rows of NETWORK, sorted."""
    grouped: dict[tuple[str, str], list[Pair]] = {}
    for pair in pairs:
        low, high = sorted((pair.account_id, pair.account_id_y))
        grouped.setdefault((low, high), []).append(pair)
    weights = sorted(len(members) for members in grouped.values())
    rows: list[tuple[object, ...]] = []
    for (low, high), members in sorted(grouped.items()):
        n = len({pair.content_id for pair in members})
        n_y = len({pair.content_id_y for pair in members})
        delta = mean(pair.time_delta for pair in members)
        symmetry = min(n, n_y) / max(n, n_y)
        above = len(members) > type_7(weights, quantile)
        rows.append((low, high, len(members), delta, n, n_y, symmetry, above))
    return rows


def type_7(ordered: list[int], share: float) -> Fraction:
    """Give R's default quantile, exactly, of the place that R rounds to."""
    place = Fraction(1 + (len(ordered) - 1) * share)
    low = place.numerator // place.denominator
    part = place - low
    if not part:
        return Fraction(ordered[low - 1])
    return ordered[low - 1] + part * (ordered[low] - ordered[low - 1])

r"""How far two sides are from hearing each other: random-walk controversy, solved exactly.

A reader who starts somewhere on one side and keeps moving from account to account ends at one of
the accounts that everybody on a side passes on. On polarised issues that is one's own side's.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from scipy import sparse
from scipy.sparse.linalg import spsolve

from analysis.graphs.numbered import Floats, Ints, numbered

LEAST_REPOSTS = 2  # Garimella et al.: one may be chance, two are endorsement
# Where walks end. Ten of each side, as Salloum et al. (2022) take it in their comparison of eight
# measures of polarisation; a share of the side would make large sides easier to reach.
AUTHORITIES = 10
# A side must have as many that are no authorities, else walks end where they begin.
LEAST_MEMBERS = 2 * AUTHORITIES


@dataclass(frozen=True, slots=True, kw_only=True)
class Controversy:
    """How far apart the two largest sides are."""

    score: float  # from -1 to 1; 0: where one starts says nothing about where one ends
    sides: tuple[int, int]  # the two communities, the larger first
    members: tuple[int, int]  # on whom it rests
    from_own: tuple[float, float]  # of walks that end on a side: the share that began there


def controversy(
    edges: pl.DataFrame, partition: pl.DataFrame, *, authorities: int = AUTHORITIES
) -> Controversy | None:
    r"""Give the random-walk controversy of the two largest sides; None if there are no two.

    .. math:: RWC = P_{XX} P_{YY} - P_{XY} P_{YX}, \qquad
              P_{AB} = \Pr[\text{start in } A \mid \text{end in } B]

    A walk starts on either side with the same chance, at any member with the same chance, goes
    along the ties of `LEAST_REPOSTS` and more, in either direction and whatever their weight, and
    ends at one of the `authorities` of highest degree on each side. Where the walks end is the
    solution of (I - Q) H = R of the absorbing chain: no walk is drawn and nothing depends on a
    seed. Members that reach nobody of the authorities are left out. A random network has a score
    above zero too (Salloum et al.: it grows with sparsity): compare, do not read it alone.

    edges: source, target, weight (reposts); partition: account, community.

    Garimella, De Francisci Morales, Gionis & Mathioudakis (2018), Quantifying Controversy on
    Social Media. ACM Transactions on Social Computing 1(1). Salloum, Chen & Kivelä (2022),
    Separating Polarization from Noise. Proc. ACM Hum.-Comput. Interact. 6 (CSCW1).
    """
    told = edges.filter(pl.col("weight") >= LEAST_REPOSTS, pl.col("source") != pl.col("target"))
    found = numbered(told)
    side = _communities(found.names, partition)
    chosen = _largest_two(side)
    if chosen is None:
        return None
    inside = np.isin(side[found.source], chosen) & np.isin(side[found.target], chosen)
    ties = _ties(found.source[inside], found.target[inside], found.size)
    degree = np.diff(ties.indptr)
    of = [np.flatnonzero((side == number) & (degree > 0)) for number in chosen]
    least = LEAST_MEMBERS * authorities // AUTHORITIES
    if min(map(len, of)) < least:
        return None
    ends = [_highest(members, degree, authorities) for members in of]
    starts, reached = _ended(ties, of, ends)
    if min(starts) < least or not (reached.sum(axis=0) > 0).all():
        return None
    shares = reached / reached.sum(axis=0)  # P_AB
    score = shares[0, 0] * shares[1, 1] - shares[0, 1] * shares[1, 0]
    return Controversy(
        score=float(score),
        sides=chosen,
        members=starts,
        from_own=(float(shares[0, 0]), float(shares[1, 1])),
    )


def _communities(names: pl.Series, partition: pl.DataFrame) -> Ints:
    """Give the community of each name; -1 for none."""
    of = pl.DataFrame({"account": names}).join(
        partition.select("account", "community"), on="account", how="left", maintain_order="left"
    )
    return of["community"].fill_null(-1).to_numpy().astype(np.int64)


def _largest_two(side: Ints) -> tuple[int, int] | None:
    numbers, sizes = np.unique(side[side >= 0], return_counts=True)
    if len(numbers) < 2:
        return None
    first, second = np.lexsort((numbers, -sizes))[:2]
    return int(numbers[first]), int(numbers[second])


def _ties(source: Ints, target: Ints, size: int) -> sparse.csr_array:
    """Give the symmetric matrix of ties, each once and as 1."""
    ends = np.concatenate([source, target]), np.concatenate([target, source])
    ties = sparse.csr_array((np.ones(len(ends[0])), ends), shape=(size, size))
    ties.data[:] = 1.0  # both directions of a pair are one tie
    return ties


def _highest(members: Ints, degree: Ints, count: int) -> Ints:
    """Give the members of highest degree; of equals the first by name."""
    order = np.lexsort((members, -degree[members]))
    chosen: Ints = members[order[:count]]
    return chosen


def _ended(
    ties: sparse.csr_array, of: list[Ints], ends: list[Ints]
) -> tuple[tuple[int, int], Floats]:
    """Give how many start on each side, and how likely from each (row) to end on each (column)."""
    step = sparse.csr_array(ties.multiply(1.0 / np.maximum(np.diff(ties.indptr), 1)[:, None]))
    absorbing = np.concatenate(ends)
    _, part = sparse.csgraph.connected_components(ties, directed=False)
    joined = np.isin(part, np.unique(part[absorbing]))
    moving = np.setdiff1d(np.flatnonzero(joined & (np.diff(ties.indptr) > 0)), absorbing)
    rest = sparse.eye_array(len(moving), format="csc") - step[moving][:, moving]
    hit = np.zeros((ties.shape[0], 2))
    arrived = np.stack(
        [np.asarray(step[moving][:, end].sum(axis=1)).ravel() for end in ends], axis=1
    )
    if len(moving):
        hit[moving] = spsolve(sparse.csc_array(rest), arrived).reshape(len(moving), 2)
    hit[ends[0]], hit[ends[1]] = (1.0, 0.0), (0.0, 1.0)
    # The first step is always taken, also from an authority.
    after = step @ hit
    began = [members[joined[members]] for members in of]
    reached = np.stack([after[members].mean(axis=0) for members in began])
    return (len(began[0]), len(began[1])), reached

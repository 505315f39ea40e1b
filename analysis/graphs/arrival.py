"""Communities that had no part in it before."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from analysis.graphs.community import Community

_LEAST_MEMBERS = 10
_LEAST_NEW = 0.8  # of its members did not act before
_LEAST_INSIDE = 0.8  # of the weight at its edges stays among them


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A community of the last day."""

    members: tuple[str, ...]
    newcomers: float  # share of the members


def arrivals(communities: Iterable[Community], *, known: Collection[str]) -> list[Arrival]:
    """Find communities whose members are new, and that hardly touch those who are not.

    communities: of the last day's graph. known: the accounts that took part in the 28 days
    before.

    >>> new = Community(number=1, members=tuple("abcdefghij"), size=10, share=1.0, inside=1.0)
    >>> [one.newcomers for one in arrivals([new], known={"a"})]
    [0.9]
    >>> arrivals([new], known=set("abc"))
    []
    """
    before = set(known)
    found = []
    for one in communities:
        newcomers = sum(member not in before for member in one.members) / one.size
        enough = one.size >= _LEAST_MEMBERS and one.inside >= _LEAST_INSIDE
        if enough and newcomers >= _LEAST_NEW:
            found.append(Arrival(members=one.members, newcomers=newcomers))
    return found

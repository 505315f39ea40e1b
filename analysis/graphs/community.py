"""Who passes on each other: communities of the amplification graph."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import networkx as nx

# Passing on mostly means agreeing, while replies and mentions also cross to opponents: Conover
# et al. (2011), Political Polarization on Twitter, ICWSM. So two of these count as one of those.
KIND_WEIGHTS = {"repost": 1.0, "quote": 1.0, "forward": 1.0, "reply": 0.5, "mention": 0.5}
_MOST_LEVELS = 20  # unbounded, a large sparse graph can keep Louvain going for ever


@dataclass(frozen=True, slots=True, kw_only=True)
class Community:
    """Authors who amplify each other more than chance would have it."""

    number: int  # from 1, the largest first
    members: tuple[str, ...]  # author keys, sorted
    size: int
    share: float  # of all authors in the graph
    inside: float  # share of the weight at its members' edges that stays among them


def communities(
    graph: nx.DiGraph[str], *, seed: int = 2, max_level: int = _MOST_LEVELS
) -> list[Community]:
    r"""Group the authors of an amplification graph: the largest first, then by smallest key.

    Louvain's method on the undirected graph with
    :math:`w_{uv} = \sum_k c_k (n^k_{uv} + n^k_{vu})`, c being `KIND_WEIGHTS` and n the acts of a
    kind, maximizes the modularity

    .. math:: Q = \frac{1}{2m} \sum_{uv} \left( w_{uv} - \frac{k_u k_v}{2m} \right)
              \delta(c_u, c_v)

    Its communities are one good grouping among several; the seed makes it the same one each time.

    Blondel et al. (2008), Fast unfolding of communities in large networks. J. Stat. Mech. P10008.
    """
    import networkx as nx  # slow to import

    if not graph:
        return []
    mutual = _undirected(graph)
    found = nx.community.louvain_communities(
        mutual, weight="weight", seed=seed, max_level=max_level
    )
    ordered = sorted((tuple(sorted(members)) for members in found), key=lambda m: (-len(m), m[0]))
    of = {author: place for place, members in enumerate(ordered) for author in members}
    inner: dict[int, float] = defaultdict(float)
    touching: dict[int, float] = defaultdict(float)
    weight: float
    for one, other, weight in mutual.edges(data="weight"):
        for place in {of[one], of[other]}:
            touching[place] += weight
        if of[one] == of[other]:
            inner[of[one]] += weight
    return [
        Community(
            number=place + 1,
            members=members,
            size=len(members),
            share=len(members) / len(graph),
            inside=inner[place] / touching[place] if touching[place] else 0.0,
        )
        for place, members in enumerate(ordered)
    ]


def _undirected(graph: nx.DiGraph[str]) -> nx.Graph[str]:
    """Add up both directions; nodes and edges are put in order, because Louvain minds it."""
    import networkx as nx

    weights: dict[tuple[str, str], float] = defaultdict(float)
    for one, other, acts in graph.edges(data=True):
        pair = (one, other) if one < other else (other, one)
        weights[pair] += sum(share * acts[kind] for kind, share in KIND_WEIGHTS.items())
    mutual: nx.Graph[str] = nx.Graph()
    mutual.add_nodes_from(sorted(graph))
    mutual.add_weighted_edges_from((*pair, weights[pair]) for pair in sorted(weights))
    return mutual

"""Who and what crosses between communities: participation, the E-I index, acts across."""

from __future__ import annotations

import polars as pl

# Which community each account is in; accounts in none are left out.
PARTITION = pl.Schema({"account": pl.String(), "community": pl.Int64()})
_SIDES = ("source", "target")


def participation(edges: pl.DataFrame, partition: pl.DataFrame) -> pl.DataFrame:
    r"""Tell how evenly the ties of each account are spread over communities.

    .. math:: P_i = 1 - \sum_s \left( \frac{k_{is}}{k_i} \right)^2

    k counts the accounts that i is tied to, in either direction, by their community s. P is 0 when
    all are in one, whichever that is, and near 1 - 1/S when they are spread over S evenly: with two
    communities never above one half. edges: source, target; partition: PARTITION. Returns account,
    ties, communities (touched), participation; by account. Nobody without ties is there.

    Guimerà & Amaral (2005), Functional cartography of complex metabolic networks. Nature 433.

    >>> edges = pl.DataFrame({"source": ["b", "b"], "target": ["x", "y"]})
    >>> partition = pl.DataFrame({"account": ["b", "x", "y"], "community": [1, 1, 2]})
    >>> participation(edges, partition).filter(account="b").rows()
    [('b', 2, 2, 0.5)]
    """
    both = pl.concat(
        [
            edges.select(account=pl.col(one), other=pl.col(two))
            for one, two in (_SIDES, tuple(reversed(_SIDES)))
        ]
    )
    ties = both.filter(pl.col("account") != pl.col("other")).unique()
    ties = ties.join(partition.rename({"account": "other"}), on="other")
    counted = ties.group_by("account", "community").agg(k=pl.len())
    share = pl.col("k") / pl.col("k").sum()
    return (
        counted.group_by("account")
        .agg(
            ties=pl.col("k").sum().cast(pl.Int64),
            communities=pl.len().cast(pl.Int64),
            participation=(1.0 - share.pow(2).sum()).clip(0.0, 1.0),
        )
        .sort("account")
    )


def ei_index(edges: pl.DataFrame, partition: pl.DataFrame) -> pl.DataFrame:
    r"""Tell how much each community keeps to itself: -1 only inside, 1 only outside.

    .. math:: EI_c = \frac{E_c - I_c}{E_c + I_c}

    I counts the ties with both ends in c, E those with one; the row without a community is the
    whole network, where each tie counts once. edges: source, target, each once. Returns community,
    internal, external, ei (null without ties); the whole first. Ties of an account that is in no
    community are left out.

    Krackhardt & Stern (1988), Informal Networks and Organizational Crises: An Experimental
    Simulation. Social Psychology Quarterly 51(2).

    >>> edges = pl.DataFrame({"source": ["a", "b", "a"], "target": ["b", "a", "x"]})
    >>> partition = pl.DataFrame({"account": ["a", "b", "x"], "community": [1, 1, 2]})
    >>> [(c, round(ei, 2)) for c, _, _, ei in ei_index(edges, partition).rows()]
    [(None, -0.33), (1, -0.33), (2, 1.0)]
    """
    placed = _placed(edges, partition)
    inside = pl.col("source_community") == pl.col("target_community")
    counts = (inside.sum().cast(pl.Int64), (~inside).sum().cast(pl.Int64))
    whole = placed.select(
        pl.lit(None, pl.Int64).alias("community"),
        counts[0].alias("internal"),
        counts[1].alias("external"),
    )
    ends = placed.select(
        inside=inside,
        community=pl.concat_list("source_community", "target_community").list.unique(),
    ).explode("community")
    by_community = (
        pl.concat([ends, partition.select(pl.lit(None, pl.Boolean).alias("inside"), "community")])
        .group_by("community")
        .agg(
            internal=pl.col("inside").sum().cast(pl.Int64),
            external=(~pl.col("inside")).sum().cast(pl.Int64),
        )
        .sort("community")
    )
    every = pl.col("external") + pl.col("internal")
    ei = (pl.col("external") - pl.col("internal")) / pl.when(every > 0).then(every)
    return pl.concat([whole, by_community]).with_columns(ei=ei)


def acts_across(edges: pl.DataFrame, partition: pl.DataFrame) -> pl.DataFrame:
    """Give how often each community acts on each other one, and by how many accounts.

    edges: source (who acts), target, weight (acts). Returns community (of who acts), other,
    accounts (that act), acts, share (of all acts of that community); by community, then acts.

    >>> edges = pl.DataFrame({"source": ["a", "b"], "target": ["b", "x"], "weight": [3, 1]})
    >>> partition = pl.DataFrame({"account": ["a", "b", "x"], "community": [1, 1, 2]})
    >>> acts_across(edges, partition).rows()
    [(1, 1, 1, 3, 0.75), (1, 2, 1, 1, 0.25)]
    """
    between = _placed(edges, partition).group_by(
        community="source_community", other="target_community"
    )
    counted = between.agg(
        accounts=pl.col("source").n_unique().cast(pl.Int64),
        acts=pl.col("weight").sum().cast(pl.Int64),
    )
    return counted.with_columns(share=pl.col("acts") / pl.col("acts").sum().over("community")).sort(
        "community", "acts", "other", descending=[False, True, False]
    )


def _placed(edges: pl.DataFrame, partition: pl.DataFrame) -> pl.DataFrame:
    """Put the community of both ends beside each edge; self-loops tell nothing."""
    placed = edges.filter(pl.col("source") != pl.col("target"))
    for side in _SIDES:
        of = partition.select(pl.col("account").alias(side), pl.col("community"))
        placed = placed.join(of.rename({"community": f"{side}_community"}), on=side)
    return placed

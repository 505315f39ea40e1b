"""What part each account plays: who begins, who passes on, who connects, who listens."""

from __future__ import annotations

import polars as pl

from analysis.graphs.bridging import participation

# Below five acts one more or less turns a role into another: "too few" is the answer.
LEAST_ACTS = 5
# Three times as much one way as the other: at five acts (4 to 1) this is what a coin would give
# in fewer than one of five cases, at ten (8 to 2) in one of twenty.
ONE_WAY = 3
# Guimerà & Amaral (2005) draw the line between provincial and connector hubs at 0.30: four of
# five partners in one's own community, the fifth elsewhere.
LEAST_PARTICIPATION = 0.30

ROLE_NAMES = ("originator", "amplifier", "bridge", "both", "audience", "too few")
ROLES = pl.Schema(
    {
        "account": pl.String(),
        "role": pl.String(),  # of ROLE_NAMES
        "amplified": pl.Int64(),  # how often others passed it on
        "amplified_by": pl.Int64(),  # how many others
        "amplifies": pl.Int64(),  # how often it passed on others
        "amplifies_whom": pl.Int64(),  # how many others
        "concentration": pl.Float64(),  # of whom it passes on: 1, one alone; null: it does not
        "mostly": pl.String(),  # whom it passes on most; null: nobody
        "ties": pl.Int64(),  # with how many in known communities; null: with none
        "participation": pl.Float64(),  # null: no such ties
        "betweenness": pl.Float64(),  # on the backbone; null: not in it
    }
)


def roles(edges: pl.DataFrame, partition: pl.DataFrame, betweenness: pl.DataFrame) -> pl.DataFrame:
    """Give the role of each account with the numbers behind it: ROLES, by account.

    edges: source (who passes on), target (who is passed on), weight (acts), each pair once; of
    acts that pass on (repost, quote, forward): being answered or named much is no origin.
    partition: account, community. betweenness: account, betweenness, on the backbone of the same
    edges, along ties in either direction: platforms credit who wrote, so whoever carries something
    from one community into another is seen passing on both, and hardly ever in between.

    * **bridge**: takes part in several communities (participation of at least 0.30 over at least
      five ties), and some shortest path of the backbone leads through it: few accounts have any;
    * **originator**: amplified at least three times as often as it amplifies;
    * **amplifier**: the reverse; `concentration` (Herfindahl) and `mostly` say on whom;
    * **both**: neither outweighs the other three times;
    * **audience**: passes on, fewer than five times, and nobody passes it on;
    * **too few**: anybody else of whom fewer than five acts are known.

    The first that holds counts, except that bridges, originators and amplifiers need five acts.

    >>> edges = pl.DataFrame({"source": list("abcde"), "target": ["x"] * 5, "weight": [1] * 5})
    >>> nobody = pl.DataFrame(schema={"account": pl.String, "community": pl.Int64})
    >>> found = roles(edges, nobody, pl.DataFrame(
    ...     schema={"account": pl.String, "betweenness": pl.Float64}))
    >>> found.select("account", "role").rows()[-2:]
    [('e', 'audience'), ('x', 'originator')]
    """
    plain = edges.filter(pl.col("source") != pl.col("target"))
    counted = _counted(plain).join(
        participation(plain, partition).drop("communities"), on="account", how="left"
    )
    counted = counted.join(betweenness, on="account", how="left")
    told = counted.with_columns(role=_role())
    return told.select(ROLES.names()).cast(ROLES).sort("account")


def _counted(edges: pl.DataFrame) -> pl.DataFrame:
    share = pl.col("weight") / pl.col("weight").sum()
    made = (
        edges.sort("weight", "target", descending=[True, False])
        .group_by(account="source")
        .agg(
            amplifies=pl.col("weight").sum(),
            amplifies_whom=pl.len(),
            concentration=share.pow(2).sum(),
            mostly=pl.col("target").first(),
        )
    )
    got = edges.group_by(account="target").agg(
        amplified=pl.col("weight").sum(), amplified_by=pl.len()
    )
    both = got.join(made, on="account", how="full", coalesce=True)
    # Nobody passed it on, as far as this graph goes: a count of none, not an unknown.
    counts = ("amplified", "amplified_by", "amplifies", "amplifies_whom")
    return both.with_columns(pl.col(name).fill_null(0).cast(pl.Int64) for name in counts)


def _role() -> pl.Expr:
    got, made = pl.col("amplified"), pl.col("amplifies")
    enough = got + made >= LEAST_ACTS
    central = pl.col("betweenness") > 0
    connects = (pl.col("participation") >= LEAST_PARTICIPATION) & (pl.col("ties") >= LEAST_ACTS)
    return (
        pl.when((enough & connects & central).fill_null(value=False))
        .then(pl.lit("bridge"))
        .when(enough & (got >= ONE_WAY * made))
        .then(pl.lit("originator"))
        .when(enough & (made >= ONE_WAY * got))
        .then(pl.lit("amplifier"))
        .when(enough)
        .then(pl.lit("both"))
        .when(got == 0)
        .then(pl.lit("audience"))
        .otherwise(pl.lit("too few"))
    )

"""Which posts say nearly the same."""

from __future__ import annotations

import polars as pl

MOST_TEXTS = 300_000  # distinct ones: some five seconds; of more, only equal texts are found
MOST_AT_ONCE = 10_000  # where somebody waits who has not asked for this: 0.4 s


def with_near_ids(acts: pl.DataFrame, texts: pl.DataFrame) -> pl.DataFrame:
    """Fill near_id: acts is PARTICIPATION, texts has text_id and text, each number once.

    Texts of equal words are put together first, for it is those that are compared.

    >>> from analysis.indicators.examples import participation
    >>> said = ["harga beras naik lagi hari ini", "Harga beras naik lagi, hari ini juga!"]
    >>> texts = pl.DataFrame({"text_id": [1, 2], "text": said}, schema_overrides={
    ...     "text_id": pl.UInt64})
    >>> with_near_ids(participation(text_id=[1, 2, None]), texts)["near_id"].to_list()
    [1, 1, None]
    """
    from analysis.graphs.near_text import near_texts  # scipy is slow to import
    from analysis.graphs.traces import plain_text

    plain = texts.select("text_id", text=plain_text("text")).drop_nulls("text")
    if plain.is_empty():
        return acts
    distinct = plain.group_by("text").agg(object=pl.col("text_id").min())
    clusters = near_texts(distinct.select("object", "text"))
    near_of = (
        plain.join(distinct, on="text")
        .join(clusters, on="object")
        .select("text_id", found=pl.col("cluster").cast(pl.UInt64))
    )
    joined = acts.join(near_of, on="text_id", how="left", maintain_order="left")
    return joined.with_columns(near_id=pl.col("found")).drop("found")

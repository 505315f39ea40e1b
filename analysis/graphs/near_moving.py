"""Texts that are almost the same, where most of them were compared before."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from analysis.graphs.near_text import are_near, signatures, united

_AGREED = ["band", "key"]
_PAIR = ["one", "other"]


@dataclass(frozen=True, slots=True)
class Near:
    """What is known of the texts so far."""

    signed: pl.DataFrame  # object, band, key
    pairs: pl.DataFrame  # band, key, one (the smallest object that has the key), other
    judged: pl.DataFrame  # one, other, near

    @classmethod
    def nothing(cls) -> Near:
        """Give the beginning."""
        agreed = {"band": pl.UInt8, "key": pl.UInt64}
        pair = dict.fromkeys(_PAIR, pl.Int64)
        return cls(
            pl.DataFrame(schema={"object": pl.Int64, **agreed}),
            pl.DataFrame(schema={**agreed, **pair}),
            pl.DataFrame(schema={**pair, "near": pl.Boolean}),
        )


def moved(old: Near, texts: pl.DataFrame) -> Near:
    """Give what is known of these texts, of which most were there before.

    texts: object, text, both distinct. Only new texts are signed; only where a text has come or
    gone is looked who agrees with whom; only pairs that are new are compared.
    """
    known = old.signed.filter(pl.col("band") == 0)  # one row each
    come = texts.join(known, on="object", how="anti")
    left = known.join(texts, on="object", how="anti").select("object")
    gone = old.signed.join(left, on="object", how="semi")
    if come.is_empty() and gone.is_empty():
        return old
    fresh = signatures(come).select(old.signed.columns) if come.height else old.signed.clear()
    stay = old.signed.join(left, on="object", how="anti") if left.height else old.signed
    signed = pl.concat([stay, fresh])
    changed = pl.concat([gone.select(_AGREED), fresh.select(_AGREED)]).unique()
    stays = old.pairs.join(changed, on=_AGREED, how="anti")
    undone = old.pairs.join(changed, on=_AGREED, how="semi").select(_PAIR).unique()
    made = _agreeing(signed.join(changed, on=_AGREED, how="semi"))
    pairs = pl.concat([stays, made])
    # Most that were looked at are pairs still, by this key or another.
    over = _without(undone, pairs)
    judged = old.judged.join(over, on=_PAIR, how="anti") if over.height else old.judged
    return Near(signed, pairs, _judged(judged, made.select(_PAIR).unique(), texts))


def clusters(near: Near, texts: pl.DataFrame) -> pl.DataFrame:
    """Give what `near_text.near_texts` gives: object, cluster."""
    objects = texts["object"].sort()
    links = near.judged.filter("near")
    if links.is_empty():
        return pl.DataFrame({"object": objects, "cluster": objects})
    one, other = (objects.search_sorted(links[side]).to_numpy() for side in _PAIR)
    return united(objects, one, other)


def _agreeing(signed: pl.DataFrame) -> pl.DataFrame:
    """Give each text that has a key with the first that has it: band, key, one, other."""
    led = signed.with_columns(one=pl.col("object").min().over(_AGREED))
    return led.filter(pl.col("one") != pl.col("object")).select(*_AGREED, "one", other="object")


def _judged(old: pl.DataFrame, pairs: pl.DataFrame, texts: pl.DataFrame) -> pl.DataFrame:
    """Compare the pairs that were not compared before: one, other, near."""
    fresh = _without(pairs, old)
    if fresh.is_empty():
        return old
    some = pl.concat([fresh["one"], fresh["other"]]).unique().to_frame("object")
    said = texts.join(some, on="object", how="semi")
    return pl.concat([old, fresh.with_columns(are_near(said, fresh))])


def _without(some: pl.DataFrame, many: pl.DataFrame) -> pl.DataFrame:
    """Give those of a few pairs that are not among many: what is joined to is the smaller side."""
    return some.join(many.join(some, on=_PAIR, how="semi"), on=_PAIR, how="anti")

"""What is said here and not elsewhere: the words that mark a group of texts."""

from __future__ import annotations

import polars as pl

from analysis.function_words import FUNCTION_WORDS

_WORD = r"[\p{L}\p{M}][\p{L}\p{M}\p{N}'’-]{2,}"  # three letters at least
_ADDRESS = r"https?://\S+|[@＠]\w+|&\w+;"
_LEAST_TEXTS = 3  # a word of fewer texts marks nothing
# Standard errors: of the thousands of words asked about, many reach two by chance.
_LEAST_SURE = 3.0
_PRIOR = 0.1  # of each word, times how often it is said at all
GROUPED = pl.Schema({"group": pl.Int64(), "text": pl.String()})
MARKING = pl.Schema(
    {"group": pl.Int64(), "word": pl.String(), "texts": pl.Int64(), "z": pl.Float64()}
)


def marking_words(texts: pl.DataFrame, *, top: int = 3) -> pl.DataFrame:
    r"""Give the words by which each group of texts differs from all others, the surest first.

    texts: GROUPED. Returns MARKING, at most `top` rows a group; `texts` counts those of the group
    with the word, and z is the difference of log odds in standard errors, where the words of all
    texts are the prior:

    .. math:: z_w = (\delta_w^g - \delta_w^{\bar g}) / \sigma_w

    A text counts a word once, and equal texts of a group are one, so that what is repeated most
    does not name the group alone. Words that everybody uses mark nobody, in any language; those
    that only hold sentences together (FUNCTION_WORDS) name nothing even where one group has more.

    Monroe, Colaresi, Quinn (2008), "Fightin' Words", Political Analysis 16(4), equations 15-22.

    >>> said = pl.DataFrame({"group": [0] * 20 + [1] * 20, "text":
    ...     [f"harga {what} naik {n}" for what in ("beras", "minyak") for n in range(20)]})
    >>> marking_words(said, top=1)["word"].to_list()
    ['beras', 'minyak']
    """
    words = _words(texts)
    if words.is_empty():
        return MARKING.to_frame()
    counted = words.group_by("group", "word").agg(texts=pl.len().cast(pl.Int64))
    sizes = counted.group_by("group").agg(size=pl.col("texts").sum())
    everywhere = counted.group_by("word").agg(total=pl.col("texts").sum())
    told = counted.join(sizes, on="group").join(everywhere, on="word")
    return (
        told.with_columns(z=_z(int(sizes["size"].sum())))
        .filter(pl.col("texts") >= _LEAST_TEXTS, pl.col("z") >= _LEAST_SURE)
        .sort("group", "z", "word", descending=[False, True, False])
        .group_by("group", maintain_order=True)
        .head(top)
        .select(MARKING.names())
        .cast(MARKING)
    )


def _words(texts: pl.DataFrame) -> pl.DataFrame:
    """Give each word of each different text once: group, word."""
    plain = pl.col("text").str.to_lowercase().str.replace_all(_ADDRESS, " ")
    told = texts.drop_nulls().select("group", text=plain).unique()
    found = told.select("group", word=pl.col("text").str.extract_all(_WORD).list.unique())
    each = found.explode("word").drop_nulls("word")
    return each.filter(~pl.col("word").is_in(FUNCTION_WORDS))


def _z(whole: int) -> pl.Expr:
    inside, size, total = pl.col("texts"), pl.col("size"), pl.col("total")
    prior, strength = _PRIOR * total, _PRIOR * whole
    mine, theirs = inside + prior, total - inside + prior
    odds = (mine / (size + strength - mine)).log()
    others = (theirs / (whole - size + strength - theirs)).log()
    return (odds - others) / (1 / mine + 1 / theirs).sqrt()

"""Rows of plain tables as posts, column by column: forty times as fast as row by row.

A row that the importer might read in another way (an id that a spreadsheet rounded, a time in
another form) is told apart here, and is left to the importer.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass

import polars as pl

from analysis.frames import POSTS
from analysis.graphs.acts import TARGETS
from collectors import moments
from collectors.imports import cells as spelling
from collectors.imports.parquet_pages import normalized

# What is read here; a table with more of meaning to us is read by the importer.
READ = frozenset({
    "post_id", "author_id", "repost_of_id", "reply_to_id", "quote_of_id", "author", "created_at",
    "text", "urls", "shared",
})  # fmt: skip
_IDS = ("post_id", "author_id", "repost_of_id", "reply_to_id", "quote_of_id", "shared")
_NOTHING = sorted({*spelling.NOTHING, spelling.NOTHING_IN_CAPITALS.lower()})
# Rounded, guarded by marks, a list, or with blanks around; and what a tool writes for nothing.
_ODD_ID = r"^\d+\.0$|^\d(?:[.,]\d+)?[eE]\+?\d+$|^\d{15}\d0+$|^\W|\s$|^x\d+$"
_NO_REFERENCE = f"^{spelling.NO_REFERENCE}$"
_NO_ID_WORD = f"^{spelling.NO_ID_WORDS}$"
_ODD_NAME = r"^[\s{\[]|\s$|^\W*$"
_SECONDS = r"^\d{10}$"
_ISO = r"^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.0+)?(?:Z|\+00:00| UTC)?$"
_HASHTAG = r"(?:^|[^\w/&#＃])[#＃]\w+"
_BEFORE_HASHTAG = r"^[^#＃]?[#＃]"
_LINK = r"(?i)https?://[^\s<>\"“”]+"
_IS_LINK = r"(?i)^https?://"
_SEPARATORS = r"""[|"'\[\](){}<>,;]|[^\S ]"""
_NAME = r"(?:^|[^0-9A-Za-z_@＠./])[@＠][0-9A-Za-z_]{1,20}"
_BEFORE_NAME = r"^[^@＠]?[@＠]"
_REPEATED = r"^RT [@＠]([0-9A-Za-z_]{1,20})(?:[^0-9A-Za-z_]|$)"


@dataclass(frozen=True, slots=True)
class Rows:
    """Cells of a plain table, by what they fill; those it does not have are null."""

    cells: pl.DataFrame  # READ, as text; urls may be a list, created_at a time; and `row`
    fields: frozenset[str]  # that the table has
    platform: str

    def clean(self) -> pl.Series:
        """Tell of each row whether it says who wrote what and when, in the usual way."""
        cells = self.cells
        names = [name for name in _IDS if name in self.fields]
        odd = [pl.col(name).str.contains(_ODD_ID) for name in names if name != "shared"]
        if "shared" in self.fields:
            thing = pl.col("shared")
            is_id = ~(thing.str.contains(_IS_LINK) | thing.str.contains(r"^[#＃]"))
            odd.append(is_id & thing.str.contains(_ODD_ID) | thing.str.contains(r"^\s|\s$"))
        small = [name for name in (*names, "author") if name in self.fields]
        if cells.schema["urls"] == pl.String:
            odd.append(pl.col("urls").str.contains(_SEPARATORS))
            small.append("urls")
        odd += [pl.col(name).str.to_lowercase().is_in(_NOTHING) for name in small]
        odd += [pl.col(n).str.contains(_NO_REFERENCE) for n in small if n != "post_id"]
        odd += [pl.col(n).str.contains(_NO_ID_WORD) for n in names if n.endswith("_id")]
        odd.append(pl.col("author").str.contains(_ODD_NAME))
        odd.append(pl.col("text").str.contains("[\r\0]"))
        return (
            cells.with_columns(_time(cells).alias("at"))
            .select(
                ~pl.any_horizontal(one.fill_null(value=False) for one in odd)
                & pl.col("post_id").is_not_null()
                & pl.coalesce("author_id", "author").is_not_null()
                & moments.possible("at").fill_null(value=False)
            )
            .to_series()
        )

    def posts(self, columns: Set[str]) -> pl.DataFrame:
        """Give these columns of POSTS and TARGETS, of clean rows; each post once."""
        types = {**POSTS, **TARGETS}
        names = [name for name in types if name in columns]
        made = self._keyed(columns)
        if "hashtags" in columns:
            made = made.with_columns(self._tags())
        values = self._values()
        kept = {"hashtags", "kind", "repost_of_key", "reply_to_key", "quote_of_key"}
        told = [
            (pl.col(n) if n in kept else values.get(n, pl.lit(None))).cast(types[n]).alias(n)
            for n in names
        ]
        # Numbers are compared six times as fast as texts; where all differ, so do the ids.
        if self.cells["post_id"].hash().n_unique() == self.cells.height:
            return made.select(told)
        lists = [name for name in ("urls", "hashtags") if name in names]
        return _joined(made.select(*told, pl.col("post_id").alias("#"), "shared"), names, lists)

    def _keyed(self, columns: Set[str]) -> pl.DataFrame:
        repost_of = pl.col("repost_of_id")
        if "shared" in self.fields:
            thing = pl.col("shared")
            is_id = ~(thing.str.contains(_IS_LINK) | thing.str.contains(r"^[#＃]"))
            repost_of = pl.coalesce(repost_of, pl.when(is_id).then(thing))
        made = self.cells.with_columns(
            self._key(repost_of).alias("repost_of_key"),
            self._key(pl.col("reply_to_id")).alias("reply_to_key"),
            self._key(pl.col("quote_of_id")).alias("quote_of_key"),
            # Many exports mark a retweet by nothing else than its text.
            repeated=pl.when(pl.col("repost_of_id").is_null()).then(
                pl.col("text").str.strip_chars().str.extract(_REPEATED)
            ),
        )
        return made.with_columns(_kind()) if columns & {"kind", "mentions"} else made

    def _values(self) -> dict[str, pl.Expr]:
        by_handle = pl.col("author").str.strip_prefix("@")
        name = pl.element().str.replace(_BEFORE_NAME, "").str.to_lowercase()
        names = pl.when(pl.col("kind") != "repost").then(pl.col("text").str.extract_all(_NAME))
        return {
            "post_key": self._key(pl.col("post_id")),
            "author_key": pl.coalesce(self._key(pl.col("author_id")), self._handle(by_handle)),
            "handle": by_handle,
            "platform": pl.lit(self.platform),
            "sort_at": _time(self.cells),
            "text": pl.col("text").fill_null("") if "text" in self.fields else pl.lit(None),
            "urls": self._links(),
            "mentions": names.list.eval(self._handle(name))
            .list.unique(maintain_order=True)
            .fill_null([]),
            "repost_of_author_key": self._handle(pl.col("repeated")),
        }

    def _key(self, native_id: pl.Expr) -> pl.Expr:
        return pl.lit(f"{self.platform}:") + native_id

    def _handle(self, handle: pl.Expr) -> pl.Expr:
        return pl.lit(f"{self.platform}:@") + handle.str.to_lowercase()

    def _tags(self) -> pl.Series:
        texts = self.cells["text"].fill_null("").str.extract_all(_HASHTAG)
        bare = texts.list.eval(pl.element().str.replace(_BEFORE_HASHTAG, "")).fill_null([])
        if "shared" in self.fields:
            tag = self.cells["shared"].str.extract(r"^[#＃]+(.*)$").alias("tag")
            given = pl.DataFrame([tag, bare.alias("bare")])
            chosen = pl.when(pl.col("tag").is_null()).then("bare").otherwise(pl.concat_list("tag"))
            bare = given.select(chosen).to_series()
        return normalized(bare).alias("hashtags")

    def _links(self) -> pl.Expr:
        given = pl.col("urls")
        if self.cells.schema["urls"] == pl.String:
            given = given.str.split(" ")
        else:
            given = pl.when(given.list.len() > 0).then(given)
        given = given.list.eval(pl.element().filter(pl.element().str.contains(_IS_LINK)))
        whole = pl.element().filter(~pl.element().str.contains("…", literal=True))
        # Most texts have none; looking for the pattern costs more than looking for its beginning.
        text = pl.when(pl.col("text").str.contains(r"(?i)http")).then("text")
        found = text.str.extract_all(_LINK).list.eval(
            whole.str.strip_chars_end(".,;:!?)]}'").unique(maintain_order=True)
        )  # fmt: skip
        if "shared" in self.fields:
            link = pl.when(pl.col("shared").str.contains(_IS_LINK)).then(pl.concat_list("shared"))
            both = pl.concat_list(given.fill_null([]), link.fill_null([]))
            given = pl.when(both.list.len() > 0).then(both)
        return pl.coalesce(given, found).fill_null([])


def _time(cells: pl.DataFrame) -> pl.Expr:
    at = pl.col("created_at")
    dtype = cells.schema["created_at"]
    if isinstance(dtype, pl.Datetime):
        zoned = at.dt.replace_time_zone("UTC") if dtype.time_zone is None else at
        return zoned.dt.convert_time_zone("UTC").cast(POSTS["sort_at"])
    seconds = pl.when(at.str.contains(_SECONDS)).then(at).cast(pl.Int64)
    iso = pl.when(at.str.contains(_ISO)).then(at.str.head(19).str.replace("T", " ", literal=True))
    read = iso.str.to_datetime("%Y-%m-%d %H:%M:%S", time_unit="us", strict=False)
    known = pl.coalesce(pl.from_epoch(seconds, time_unit="s").cast(pl.Datetime("us")), read)
    return known.dt.replace_time_zone("UTC")


def _kind() -> pl.Expr:
    return (
        pl.when(pl.col("repost_of_key").is_not_null() | pl.col("repeated").is_not_null())
        .then(pl.lit("repost"))
        .when(pl.col("quote_of_key").is_not_null())
        .then(pl.lit("quote"))
        .when(pl.col("reply_to_key").is_not_null())
        .then(pl.lit("reply"))
        .otherwise(pl.lit("original"))
        .alias("kind")
    )


def _joined(made: pl.DataFrame, names: Sequence[str], lists: Sequence[str]) -> pl.DataFrame:
    """Give each post once: one that shares two things stands in two rows."""
    kept = made.filter(pl.col("#").is_first_distinct() | pl.col("shared").is_not_null())
    once = kept.filter(~pl.col("#").is_duplicated())
    grouped = kept.filter(pl.col("#").is_duplicated()).group_by("#", maintain_order=True)
    others = [name for name in names if name not in lists]
    together = grouped.agg(
        *(pl.col(name).first() for name in others),
        *(pl.col(name).explode().drop_nulls().unique(maintain_order=True) for name in lists),
    )
    return pl.concat([once.select(names), together.select(names)])

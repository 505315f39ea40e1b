"""A lake for others: no handles and no texts, but what analysis needs of them under other names."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import polars as pl

from analysis.frames import ACTS, POSTS
from analysis.graphs.acts import ids_of
from analysis.graphs.traces import plain_link, plain_text
from monitor.inputs.input import Input, in_order
from monitor.inputs.lake import BOOST
from monitor.naming import Naming
from monitor.store.posts import normalized_text

if TYPE_CHECKING:
    from monitor.exporting import Chunk

_LONG = 26  # letters, 130 bits: no two of a thousand million share a name
_WORDS, _LETTERS = 5, 5  # what a text must have to be compared with others
_REPOST = BOOST.rstrip("|")


def redacted(chunks: Iterator[Chunk], naming: Naming) -> Iterator[Chunk]:
    """Give chunks of POSTS and ACTS under pseudonyms; see `Redaction`."""
    redaction = Redaction(naming)
    for chunk in chunks:
        tables = {
            name: redaction.posts(frame) if name == "posts" else redaction.acts(frame)
            for name, frame in chunk.tables.items()
        }
        yield replace(chunk, tables=tables)


@dataclass(frozen=True)
class Redaction:
    """Puts keyed pseudonyms for all that names anybody, always the same one for the same thing.

    Accounts begin as they do in letters. Two texts, or links, are the same afterwards if they were
    before, by each of the two ways in which analysis compares them; alike they no longer are. Times
    stay, because acting together shows by them, and so do hashtags; followers are rounded to two
    digits, and of the age of an account the day is told.
    """

    naming: Naming

    @property
    def fingerprint(self) -> str:
        """Tell by which salt: lakes of two salts must not be mixed."""
        return self.naming.pseudonym("gaung.lake")

    def posts(self, posts: pl.DataFrame) -> pl.DataFrame:
        """Give POSTS."""
        return posts.with_columns(
            self._post_keys(posts),
            self._accounts(posts["author_key"]),
            pl.lit(None, pl.String).alias("handle"),
            self._texts(posts["text"]),
            self._listed(posts["urls"], self._links),
            self._listed(_by_id(posts), self._accounts),
            self._listed(posts["media"], lambda media: self._mapped(media, self._plainly)),
            *(self._keys(posts[f"{of}_key"]) for of in ("repost_of", "reply_to", "quote_of")),
            pl.col("followers").round_sig_figs(2).cast(pl.Int64),
            pl.col("author_created_at").dt.truncate("1d"),
        ).select(POSTS.names())

    def acts(self, acts: pl.DataFrame) -> pl.DataFrame:
        """Give ACTS."""
        return acts.with_columns(
            *(self._accounts(acts[name]) for name in ("author_key", "target_author_key")),
            *(self._keys(acts[name]) for name in ("post_key", "target_post_key", "via_key")),
        ).select(ACTS.names())

    def _post_keys(self, posts: pl.DataFrame) -> pl.Series:
        """Name posts; a repost that is no post has the name that the store would give it."""
        author = self._accounts(posts["author_key"])
        of = self._keys(posts["repost_of_key"])
        boost = pl.concat_str(pl.lit(_REPOST), author, of.fill_null(""), separator="|")
        is_boost = pl.col("post_key").str.starts_with(BOOST)
        keys = self._keys(posts["post_key"])
        return posts.select(pl.when(is_boost).then(boost).otherwise(keys).alias("post_key"))[
            "post_key"
        ]

    def _accounts(self, keys: pl.Series) -> pl.Series:
        return self._mapped(
            keys, lambda key: f"{_platform(key)}:{self.naming.pseudonym(key, letters=_LONG)}"
        )

    def _keys(self, keys: pl.Series) -> pl.Series:
        return self._mapped(keys, lambda key: f"{_platform(key)}:{self._name('post', key)}")

    def _plainly(self, value: str) -> str:
        return self._name("media", value)

    def _texts(self, texts: pl.Series) -> pl.Series:
        """Give a made-up text for each that is long enough to be compared.

        Its words stand for what `plain_text` leaves, its hashtag, which that leaves out, for what
        `normalized_text` does.
        """
        frame = texts.alias("text").to_frame()
        made = frame.select(
            words=self._mapped(frame.select(plain_text("text"))["text"], self._words),
            mark=self._mapped(
                frame.select(normalized_text(pl.col("text")))["text"],
                lambda text: f"#{self._name('text', text)}",
            ),
        )
        alone = pl.concat_str([pl.col("mark")] * _WORDS, separator=" ")
        return made.select(
            pl.when(pl.col("words").is_null())
            .then(alone)
            .when(pl.col("mark").is_null())
            .then(pl.col("words").str.replace_all(" ", ".", literal=True))
            .otherwise(pl.concat_str("words", "mark", separator=" "))
            .alias("text")
        )["text"]

    def _words(self, text: str) -> str:
        name = self._name("words", text)
        return " ".join(name[at : at + _LETTERS] for at in range(0, _WORDS * _LETTERS, _LETTERS))

    def _links(self, links: pl.Series) -> pl.Series:
        """Give an address for each; its fragment, which `plain_link` leaves out, tells it apart."""
        frame = links.alias("link").to_frame()
        pages = self._mapped(
            frame.select(plain_link("link"))["link"],
            lambda page: f"{self._name('link', page)}.invalid" if page else "",
        )
        marks = self._mapped(links, lambda link: self._name("address", link))
        made = pl.concat_str(pl.lit("https://"), pages, pl.lit("#"), marks)
        return pl.select(made.alias(links.name)).to_series()

    def _listed(self, lists: pl.Series, named: Callable[[pl.Series], pl.Series]) -> pl.Series:
        """Name what stands in lists."""
        known = lists.explode().drop_nulls().unique(maintain_order=True)
        if known.is_empty():
            return lists
        names = named(known)
        one = pl.element().replace_strict(known, names, return_dtype=pl.String)
        return lists.to_frame().select(pl.col(lists.name).list.eval(one)).to_series()

    def _mapped(self, values: pl.Series, name: Callable[[str], str]) -> pl.Series:
        """Name each distinct value once."""
        known = values.drop_nulls().unique(maintain_order=True)
        names = pl.Series([name(value) for value in known], dtype=pl.String)
        return values.replace_strict(known, names, default=None, return_dtype=pl.String)

    def _name(self, kind: str, value: str) -> str:
        return self.naming.keyed(f"{kind}|{value}", letters=_LONG)


def _platform(key: str) -> str:
    return key.partition(":")[0]


def _by_id(posts: pl.DataFrame) -> pl.Series:
    """Give the mentions by id where the posts tell whose handle it is: handles will be gone."""
    ids = ids_of(posts)
    if ids.is_empty():
        return posts["mentions"]
    one = pl.element().replace(ids["alias"], ids["id"])
    return posts.select(pl.col("mentions").list.eval(one))["mentions"]


class RedactedInput:
    """An input that names nobody: POSTS and ACTS under pseudonyms; see `Redaction`."""

    def __init__(self, given: Input, naming: Naming) -> None:
        self._given, self._redaction = given, Redaction(naming)
        self.wanted, self.notes, self.set_aside = given.wanted, given.notes, given.set_aside

    def batches(self, *columns: str) -> Iterator[pl.DataFrame]:
        """Give the posts at once: whose handle is mentioned shows only in all of them."""
        posts = self._redaction.posts(self._given.posts())
        yield posts.select(columns) if columns else posts

    def posts(self, *columns: str) -> pl.DataFrame:
        """Give all posts, by time and pseudonym."""
        return in_order(self.batches(*columns), columns)

    def acts(self) -> pl.DataFrame:
        """Give who acted on whom."""
        return self._redaction.acts(self._given.acts())

    def handles(self, keys: Iterable[str]) -> dict[str, str]:
        """Give none."""
        del keys
        return {}

"""What posts share: the objects by which acting together shows, as whole numbers."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

import polars as pl

from analysis.graphs.coaction import TRACES

# Python's white space, spelled out: engines and libraries mean different things by \s.
_RARE = "\t\n\x0b\x0c\r\x1c-\x1f\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_SPACE = f"[ {_RARE}]"
# Any white space but a single blank: most is, and putting a blank for a blank takes time.
_ODD_SPACE = f"(?:[{_RARE}]|  | [{_RARE}]){_SPACE}*"
# In one pass: whose words they are, links, mentions, hashtags, entities, all that is no letter.
_NO_WORD = r"^rt @\w+:?|(?:https?://\S+|[@#]\w+|&\w+;|[^\p{L}\p{M}\p{N}])+"
_WORDS = "words"  # the column of `with_words`
_LEAST_WORDS = 5  # shorter texts are said by many for no reason
_LEAST_TAGS = 2
_SEED = 20_201  # of hashes; any number does, as long as it stays


def toolkit_text(column: str = "text") -> pl.Expr:
    """Give texts as coordination-network-toolkit compares them: no mentions, lower case.

    >>> pl.DataFrame({"text": ["@a Halo  Dunia", "halo dunia @b"]}).select(toolkit_text())[
    ...     "text"].to_list()
    ['halo dunia', 'halo dunia']
    """
    return (
        pl.col(column)
        .str.to_lowercase()
        .str.replace_all(rf"(?s)@.*?({_SPACE}|$)", "$1")
        .str.replace_all(_ODD_SPACE, " ")
        .str.strip_chars(" ")
    )


def plain_text(column: str = "text") -> pl.Expr:
    """Give the words of texts: no links, mentions, hashtags at the edges, punctuation or case.

    Null where fewer than five words are left: many say so little by chance.

    >>> pl.DataFrame({"text": ["RT @a: Harga beras naik lagi hari ini!! #Beras https://x.y"]}
    ...     ).select(plain_text())["text"].to_list()
    ['harga beras naik lagi hari ini']
    """
    words = (
        pl.col(column)
        .str.normalize("NFKC")
        .str.to_lowercase()
        .str.replace_all(_NO_WORD, " ")
        .str.strip_chars(" ")
    )
    enough = words.str.count_matches(" ", literal=True) >= _LEAST_WORDS - 1
    return pl.when(enough).then(words)


def plain_link(column: str) -> pl.Expr:
    """Give addresses as they are the same page: no scheme, www, tracking, fragment or last slash.

    >>> pl.DataFrame({"u": ["https://www.A.id/b/?utm_source=x&id=2#c", "http://a.id/b?id=2"]}
    ...     ).select(plain_link("u"))["u"].to_list()
    ['a.id/b?id=2', 'a.id/b?id=2']
    """
    address = (
        pl.col(column)
        .str.strip_chars()
        .str.replace(r"(?i)^https?://(www\.|m\.|amp\.|mobile\.)?", "")
        .str.replace(r"#.*$", "")
        .str.replace_all(
            r"(?i)([?&])(utm_[a-z]+|fbclid|gclid|igshid|si|ref|ref_src|s|t)=[^&]*", "$1"
        )
        .str.replace_all(r"&&+", "&")
        .str.replace(r"\?&", "?")
        .str.replace(r"[?&]+$", "")
        .str.replace(r"/\?", "?")
        .str.replace(r"/+$", "")
    )
    host = address.str.extract(r"^([^/?]*)", 1)
    return host.str.to_lowercase() + address.str.strip_prefix(host)


def traces_of(
    posts: pl.DataFrame, by: Collection[str], *, as_toolkit: bool = False
) -> pl.DataFrame:
    """Give what posts share: TRACES, distinct, of the kinds in `by` (of `TRACE_NAMES`).

    posts: the columns of POSTS that `columns_for(by)` names. Near texts are not made here: they
    are found among all texts at once, by `near_text.near_texts`. as_toolkit: compare texts and
    links as coordination-network-toolkit does, to the letter.
    """
    spelling = _TOOLKIT if as_toolkit else _PLAIN
    posts = posts if as_toolkit else with_words(posts)
    made = [_SHARED[name](posts, spelling) for name in by]
    if not made:
        return TRACES.to_frame()
    found = [
        _distinct(
            name,
            frame.select(
                pl.lit(TRACE_NAMES.index(name), pl.Int64).alias("trace"),
                _number("object", TRACE_NAMES.index(name) + 1).alias("object"),
                _number("author_key").alias("author"),
                _number("post_key").alias("post"),
                at="at",
            ),
        )
        for name, frame in zip(by, made, strict=True)
    ]
    return pl.concat(found)


def have_several(by: Collection[str]) -> bool:
    """Tell whether a post can share more than one object: of one of these kinds, or of two.

    >>> have_several(["repost"]), have_several(["link"]), have_several(["repost", "reply"])
    (False, True, True)
    """
    return len(by) > 1 or not _SEVERAL.isdisjoint(by)


def _distinct(name: str, traces: pl.DataFrame) -> pl.DataFrame:
    """Only where a post has several objects of a kind, can it have one of them twice."""
    return traces.unique(maintain_order=True) if name in _SEVERAL else traces


def with_words(posts: pl.DataFrame) -> pl.DataFrame:
    """Give posts with the words of their texts beside them, so that they are looked for once.

    Not of reposts whose original is known: nobody compares their texts.
    """
    if _WORDS in posts.columns or "text" not in posts.columns:
        return posts
    compared = pl.col("kind") != "repost"
    if "repost_of_key" in posts.columns:
        compared |= pl.col("repost_of_key").is_null()
    text = posts.select("kind", pl.when(compared).then("text").alias("text"))
    return posts.with_columns(text.select(plain_text("text").alias(_WORDS)).to_series())


def texts_of(posts: pl.DataFrame) -> pl.DataFrame:
    """Give the texts that near texts are found among: object (as in TRACES of "text"), text."""
    own = posts.filter(pl.col("kind") != "repost", pl.col("text").is_not_null())
    plain = with_words(own).select(text=_WORDS).drop_nulls().unique()
    return plain.select(_number("text", TRACE_NAMES.index("text") + 1).alias("object"), "text")


def columns_for(by: Collection[str]) -> list[str]:
    """Name the columns of POSTS that the traces in `by` are made of."""
    needed = {name for trace in by for name in _NEEDS[trace]}
    return ["post_key", "author_key", "sort_at", "kind", *sorted(needed)]


def numbers(column: str) -> pl.Expr:
    """Give the number that TRACES has for a key."""
    return _number(column)


def _number(column: str, salt: int = 0) -> pl.Expr:
    # Signed, because Spark knows no other.
    return pl.col(column).hash(_SEED + salt).reinterpret(signed=True)


_BASE = ("post_key", "author_key")
_AT = pl.col("sort_at").dt.epoch("s").alias("at")


@dataclass(frozen=True, slots=True)
class _Spelling:
    """How texts and links are compared."""

    text: Callable[[str], pl.Expr]
    link: Callable[[str], pl.Expr]
    blind: bool  # a repost of nobody knows what is known by its text


_PLAIN = _Spelling(lambda _: pl.col(_WORDS), plain_link, blind=True)
_TOOLKIT = _Spelling(toolkit_text, pl.col, blind=False)


def _reposts(posts: pl.DataFrame, how: _Spelling) -> pl.DataFrame:
    """The post that is passed on; where a file does not say which, its text tells."""
    known = posts.filter(pl.col("kind") == "repost")
    exact = known.filter(pl.col("repost_of_key").is_not_null())
    made = exact.select(*_BASE, _AT, object="repost_of_key")
    if exact.height == known.height or not how.blind:
        return made
    blind = known.filter(pl.col("repost_of_key").is_null()).select(
        *_BASE, _AT, object=how.text("text")
    )
    return pl.concat([made, blind.drop_nulls("object")])


def _texts(posts: pl.DataFrame, how: _Spelling) -> pl.DataFrame:
    own = posts.filter(pl.col("kind") != "repost", pl.col("text").is_not_null())
    return own.select(*_BASE, _AT, object=how.text("text")).drop_nulls("object")


def _links(posts: pl.DataFrame, how: _Spelling) -> pl.DataFrame:
    own = posts.filter(pl.col("kind") != "repost", pl.col("urls").list.len() > 0)
    rows = own.select(*_BASE, _AT, object="urls").explode("object").drop_nulls("object")
    return rows.with_columns(how.link("object")).filter(pl.col("object") != "")


def _hashtags(posts: pl.DataFrame, how: _Spelling) -> pl.DataFrame:
    """The hashtags of a post, if there are at least two, in the alphabet's order.

    Those of a repost are not its author's choice, unless a file does not say what it passes on:
    then it may as well be a copy.
    """
    chosen = (pl.col("kind") != "repost") | pl.col("repost_of_key").is_null()
    own = posts.filter(chosen, pl.col("hashtags").list.len() >= _LEAST_TAGS)
    return own.select(
        *_BASE, _AT, object=pl.col("hashtags").list.unique().list.sort().list.join(" ")
    )


def _replies(posts: pl.DataFrame, how: _Spelling) -> pl.DataFrame:
    rows = posts.filter(pl.col("reply_to_key").is_not_null())
    return rows.select(*_BASE, _AT, object="reply_to_key")


def _media(posts: pl.DataFrame, how: _Spelling) -> pl.DataFrame:
    own = posts.filter(pl.col("kind") != "repost", pl.col("media").list.len() > 0)
    return own.select(*_BASE, _AT, object="media").explode("object").drop_nulls("object")


_SHARED: dict[str, Callable[[pl.DataFrame, _Spelling], pl.DataFrame]] = {
    "repost": _reposts,
    "text": _texts,
    "link": _links,
    "hashtags": _hashtags,
    "reply": _replies,
    "media": _media,
}
_NEEDS: dict[str, tuple[str, ...]] = {
    "repost": ("repost_of_key", "text"),
    "text": ("text",),
    "near-text": ("text",),
    "link": ("urls",),
    "hashtags": ("hashtags", "repost_of_key"),
    "reply": ("reply_to_key",),
    "media": ("media",),
}
_SEVERAL = frozenset({"link", "media"})
TRACE_NAMES = ("repost", "text", "near-text", "link", "hashtags", "reply", "media")

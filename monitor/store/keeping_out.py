"""Keeps out who was erased, when a source shows them again; only salted hashes are kept of them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from urllib.parse import unquote

import polars as pl

from collectors.page import Page
from monitor.naming import HOSTS
from monitor.store.database import Database
from monitor.store.traces import BLANK, Traces, is_no_word

# Through whose repost another one came: the address holds the account.
_VIA = pl.col("via_key").str.replace(r"^(\w+:)at://([^/]+)/.*$", "${1}${2}")
_NAME = re.compile(r"[@＠﹫][\u200b-\u200f\u2060\ufeff]*([\w.-]*\w(?:[@＠][\w.-]*\w)?)")
_WORD = re.compile(r"(?<![\w#＃@＠./-])[\w.-]*\w(?:@[\w.-]*\w)?")
# Names have few parts and each a bound, so that a text of dots does not take minutes.
_PAGE = re.compile(
    r"(?:(?<!\w)https?://)?(?<![\w-])([\w-]{1,63}(?:\.[\w-]{1,63}){1,9})(:\d{1,5})?/([^\s<>\"']+)",
    re.IGNORECASE,
)
_SUBDOMAIN = re.compile(r"^(?:www|m|mobile)\.")
_SEGMENTS = re.compile(r"[/?#&=]+")
_IN_SEGMENT = re.compile(r"@?([\w.@:-]*\w)")
_MOST_SEGMENTS = 50
_REPOSITORY = re.compile(r"^(\w+:)at://([^/]+)/")  # whose it is stands in its address
_IN_QUOTES = re.compile(r'"@?([\w.-]{3,}(?:@[\w.-]+)?)\\?"')


class KeepingOut:
    """The tables erased and blanked."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def remember(self, traces: Traces, *, salt: str, now: datetime) -> None:
        """Remember whom to keep out: the account by each of its keys, and its names in texts."""
        names = {traces.account.key}
        for name in traces.full:
            # By its handle too: a file may know it by nothing else.
            names |= {f"{traces.platform}:@{name}", f"@{name}"}
        names |= {f"{traces.platform}@{name}" for name in traces.local}
        hosts = (*HOSTS.get(traces.platform, ()), *traces.servers)
        pages = (*traces.names, traces.native.lower())
        names |= {f"{host}/{page}" for host in hosts for page in pages}
        for name in names:
            self._db.run(
                "insert into erased values ($hash, $now) on conflict do nothing",
                hash=_hash(salt, name),
                now=now,
            )

    def of(self, page: Page, *, salt: str) -> Page:
        """Return a page without the erased, and without their names in what others wrote."""
        keys = pl.concat(
            [
                page.posts["author_key"],
                page.authors["author_key"],
                page.interactions["author_key"],
                page.interactions["target_author_key"].rename("author_key"),
                page.interactions.select(author_key=_VIA).to_series(),
            ]
        ).drop_nulls()
        erased = sorted(self.erased(keys.unique(), salt=salt))
        if erased:
            page = _without(page, erased)
        page = self._unheard(page, salt=salt)
        page = replace(page, posts=self._as_blanked(page.posts))
        posts = page.posts.select("platform", "text", "urls").rows()
        shown = page.authors.select("platform", "display_name").rows()
        names = {name for row in posts for name in _names(*row)}
        names |= {name for platform, said in shown for name in _names(platform, said, [])}
        gone = self.erased(names, salt=salt) if names else set()
        return _unnamed(page, posts, shown, gone) if gone else page

    def speaking_of_nobody(self, texts: pl.Series, *, salt: str) -> pl.Series:
        """Return for each raw record whether it names none of the erased: it is kept as it came."""
        told = [{*_names("", text, []), *_quoted(text)} for text in texts]
        gone = self.erased({name for names in told for name in names}, salt=salt)
        return pl.Series([not names & gone for names in told], dtype=pl.Boolean)

    def _unheard(self, page: Page, *, salt: str) -> Page:
        """Leave out what is told only by key, of the erased: that they left, counts of their posts.

        Their posts are not here, so that the key itself must tell whose it is.
        """
        told = pl.concat([page.removals["key"], page.engagement["post_key"]]).unique()
        owners = {key: set(_owners(key)) for key in told}
        gone = self.erased({name for names in owners.values() for name in names}, salt=salt)
        keys = [key for key, names in owners.items() if names & gone]
        if not keys:
            return page
        return replace(
            page,
            removals=page.removals.filter(~pl.col("key").is_in(keys)),
            engagement=page.engagement.filter(~pl.col("post_key").is_in(keys)),
        )

    def erased(self, names: Iterable[str], *, salt: str) -> set[str]:
        """Return those of the names, as `remember` has them, that are an erased account's."""
        hashes = {name: _hash(salt, name) for name in names}
        asked = "select author_hash from erased where author_hash in (select unnest($hashes))"
        rows = self._db.rows(asked, hashes=list(hashes.values()))
        gone = {row["author_hash"] for row in rows}
        return {name for name, digest in hashes.items() if digest in gone}

    def _as_blanked(self, posts: pl.DataFrame) -> pl.DataFrame:
        """Leave out the texts of posts that were blanked before: they stay as they are here."""
        with self._db.given("page_keys", posts.select("post_key").unique()):
            known = self._db.frame(
                "select post_key from blanked semi join page_keys using (post_key)"
            )
        if known.is_empty():
            return posts
        is_known = pl.col("post_key").is_in(known["post_key"].implode())
        nothing = pl.lit([], dtype=pl.List(pl.String))
        return posts.with_columns(
            *(pl.when(~is_known).then(name).alias(name) for name in ("text", "url", *_KEYS)),
            pl.when(is_known).then(nothing).otherwise("urls").alias("urls"),
        )


_KEYS = ("reply_to_key", "quote_of_key", "repost_of_key")


def _without(page: Page, erased: list[str]) -> Page:
    is_by = pl.col("author_key").is_in(erased)
    is_at = pl.col("target_author_key").is_in(erased).fill_null(value=False)
    posts = page.posts.filter(is_by)["post_key"].to_list()
    posts += page.interactions.filter(is_at)["target_post_key"].drop_nulls().to_list()
    is_on = is_at | pl.col("target_post_key").is_in(posts).fill_null(value=False)
    on_them = page.interactions.filter(is_on)["post_key"].drop_nulls()
    # A post that passes theirs on has their words.
    passes_on = (pl.col("kind") == "repost") & (
        pl.col("post_key").is_in(on_them.to_list())
        | pl.col("repost_of_key").is_in(posts).fill_null(value=False)
    )
    return replace(
        page,
        posts=page.posts.filter(~is_by).with_columns(
            pl.when(~passes_on).then("text").alias("text"),
            *(
                pl.when(~pl.col(name).is_in(posts).fill_null(value=False)).then(name).alias(name)
                for name in _KEYS
            ),
        ),
        authors=page.authors.filter(~is_by),
        interactions=page.interactions.filter(~is_by & ~is_on.fill_null(value=False)).with_columns(
            pl.when(~_VIA.is_in(erased)).then("via_key").alias("via_key")
        ),
        engagement=page.engagement.filter(~pl.col("post_key").is_in(posts)),
    )


def _unnamed(
    page: Page,
    posts: list[tuple[str, str | None, list[str]]],
    shown: list[tuple[str, str | None]],
    gone: set[str],
) -> Page:
    """Blank names of the erased, and links to their pages, in posts and profiles that are new."""
    texts = [text and _blanked(text, platform, gone) for platform, text, _ in posts]
    urls = [[url for url in links if not _leads(url, gone)] for _, _, links in posts]
    names = [name and _blanked(name, platform, gone) for platform, name in shown]
    return replace(
        page,
        posts=page.posts.with_columns(
            pl.Series("text", texts, dtype=pl.String),
            pl.Series("urls", urls, dtype=pl.List(pl.String)),
        ),
        authors=page.authors.with_columns(pl.Series("display_name", names, dtype=pl.String)),
    )


def _names(platform: str, text: str | None, urls: list[str]) -> Iterator[str]:
    """Return what may be an erased account's, as `remember` has it."""
    for name in _NAME.findall(text or ""):
        yield from (f"@{name.lower()}", f"{platform}@{name.lower()}")
    for word in _WORD.findall(text or ""):
        if is_no_word(word):
            yield f"@{word.lower()}"
    for url in (text or "", *urls):
        yield from _in_links(url)


def _in_links(text: str) -> Iterator[str]:
    """Return whose pages and posts links lead to: a name stands anywhere in an address."""
    for host, port, path in _PAGE.findall(text):
        plain = _SUBDOMAIN.sub("", host.lower())
        for segment in _SEGMENTS.split(unquote(path))[:_MOST_SEGMENTS]:
            if (found := _IN_SEGMENT.match(segment)) is None:
                continue
            name = found[1].lower()
            yield from {f"{plain}/{name}", f"{plain}{port}/{name}"}
            if "@" in name or is_no_word(name):
                yield f"@{name}"
            if name.startswith("did:"):
                yield f"bluesky:{name}"


def _owners(key: str) -> Iterator[str]:
    """Return whose the key of a post, an act or an account says that it is."""
    yield key
    if repository := _REPOSITORY.match(key):
        yield repository[1] + repository[2]
    yield from _in_links(key.partition(":")[2])


def _quoted(raw: str) -> Iterator[str]:
    """Return what stands in quotation marks, as a name does in JSON."""
    yield from (f"@{name.lower()}" for name in _IN_QUOTES.findall(raw))


def _blanked(text: str, platform: str, gone: set[str]) -> str:
    def name(found: re.Match[str]) -> str:
        told = found[1].lower()
        return f"@{BLANK}" if {f"@{told}", f"{platform}@{told}"} & gone else found[0]

    def word(found: re.Match[str]) -> str:
        return BLANK if is_no_word(found[0]) and f"@{found[0].lower()}" in gone else found[0]

    text = _PAGE.sub(lambda found: BLANK if _leads(found[0], gone) else found[0], text)
    return _WORD.sub(word, _NAME.sub(name, text))


def _leads(url: str, gone: set[str]) -> bool:
    return any(name in gone for name in _in_links(url))


def _hash(salt: str, name: str) -> str:
    return hashlib.sha256(f"{salt}|{name}".encode()).hexdigest()

"""Takes one account out of every table, and its traces out of what others wrote."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import polars as pl

from monitor.store.database import Database
from monitor.store.mentions import drop_set_aside, update_evidence, update_letters, update_words
from monitor.store.traces import Account, Traces, core, quotes


@dataclass(frozen=True, slots=True)
class Gone:
    """What was taken out."""

    posts: int = 0
    authors: int = 0
    interactions: int = 0
    raw: int = 0  # records that had been set aside
    texts: int = 0  # of others, without its names and words now
    letters: int = 0

    @property
    def is_nothing(self) -> bool:
        """Whether there was nothing to take out."""
        return self == Gone()


def erase(db: Database, key: str, *, pseudonym: str) -> tuple[Traces, Gone]:
    """Take an account out, with all that it wrote and did; return how others write of it."""
    traces = Traces(_account(db, key))
    keys = [key, *(f"{traces.platform}:@{name}" for name in traces.full)]
    others = _others(db, traces, keys)
    with db.given("erased_authors", pl.DataFrame({"author_key": keys})):
        posts = db.frame("select post_key from posts where author_key in (from erased_authors)")
        with db.given("erased_posts", posts):
            acts = db.run(_ERASE_ACTS)
            db.run(_ERASE_VIA)
            for statement in ERASE_POSTS:
                db.run(statement)
        for statement in _ERASE_AUTHORS:
            db.run(statement)
    _drop_foreign_acts(db, traces)
    _update_others(db, others)
    update_words(db, traces)
    update_evidence(db, traces)
    return traces, Gone(
        posts=posts.height,
        authors=1,
        interactions=acts,
        raw=drop_set_aside(db, traces),
        texts=others.height,
        letters=update_letters(db, traces, pseudonym),
    )


def _account(db: Database, key: str) -> Account:
    # What is hidden for a time says here what it said: others quote it all the same.
    rows = db.rows(
        f"with shown as ({_SHOWN_AS}) "  # noqa: S608
        """
        select handle, url, case when (select count(*) from shown o
                                       where lower(o.display_name) = lower(a.display_name)) = 1
                                 then display_name end as display_name
        from shown a where author_key = $key
        """,
        key=key,
    )
    known = rows[0] if rows else {"handle": None, "url": None, "display_name": None}
    platform = key.partition(":")[0]
    by_handle = f"{platform}:@{known['handle'].lower()}" if known["handle"] else key
    wrote = db.rows(
        "select post_key, coalesce(p.url, h.url) as url, coalesce(p.text, h.text) as text "
        "from posts p left join hidden h using (post_key) "
        "where author_key in ($key, $by_handle)",
        key=key,
        by_handle=by_handle,
    )
    return Account(
        key=key,
        handle=known["handle"],
        display_name=known["display_name"],
        urls=tuple(url for url in (known["url"], *(row["url"] for row in wrote)) if url),
        post_keys=tuple(row["post_key"] for row in wrote),
        texts=tuple(row["text"] for row in wrote if row["text"]),
    )


def _others(db: Database, traces: Traces, keys: list[str]) -> pl.DataFrame:
    """Return others' posts that must change, as they are to be."""
    pointing = db.frame(
        "select post_key, bool_or(kind = 'repost') as passes_on from interactions "
        "where post_key is not null and list_contains($keys, target_author_key) group by post_key",
        keys=keys,
    )
    found: list[dict[str, Any]] = []
    for frame in db.frames(
        # What is hidden for a time may be shown again: what it said is kept apart.
        "select post_key, platform, kind, coalesce(p.text, h.text) as text, "
        "coalesce(h.urls, p.urls) as urls, coalesce(p.url, h.url) as url, reply_to_key, "
        "quote_of_key, repost_of_key from posts p left join hidden h using (post_key) "
        "where not list_contains($keys, author_key)",
        keys=keys,
    ):
        found += _candidates(frame.join(pointing, on="post_key", how="left"), traces)
    common = {_normal(row["text"]) for row in found if row["text"]}
    own = [text for text in traces.quotable if text.lower() not in common]
    changed = [new for row in found if (new := _without(row, traces, own)) is not None]
    return pl.DataFrame(changed, schema=_OTHERS)


def _candidates(frame: pl.DataFrame, traces: Traces) -> list[dict[str, Any]]:
    """Choose posts that may say something of the account: reading each one would take too long."""
    mine = pl.Series(traces.account.post_keys, dtype=pl.String)
    probes = pl.Series(traces.probes, dtype=pl.String)  # none, where its names are too short
    said = pl.concat_str(
        pl.col("text"), pl.col("urls").list.join(" "), "url", *_KEYS,
        separator=" ", ignore_nulls=True,
    )  # fmt: skip
    said = said.str.to_lowercase().str.replace_all(r"\s+", " ")
    points = pl.any_horizontal(pl.col(name).is_in(mine.implode()) for name in _KEYS)
    refers = pl.col("passes_on").is_not_null() | points.fill_null(value=False)
    return (
        frame.with_columns(refers=refers)
        .filter(pl.col("refers") | said.str.contains_any(probes.implode()).fill_null(value=False))
        .to_dicts()
    )


def _without(row: dict[str, Any], traces: Traces, own: list[str]) -> dict[str, Any] | None:
    """Return a post of somebody else as it is to be; None if it may stay as it is.

    own: words that no other account has posted as a post of its own.
    """
    text = row["text"]
    passes_on = row["kind"] == "repost" and row["refers"]
    unnamed = text and traces.unnamed(text, platform=row["platform"])
    quoted = []
    if text and not passes_on:
        plain, whole = " ".join(text.lower().split()), _normal(text)
        sure = row["refers"] or unnamed != text
        quoted = [
            words
            for words in (traces.quotable if sure else own)
            if words.lower() in plain and quotes(text, words) and (sure or words.lower() != whole)
        ]
        unquoted = traces.unquoted(text, quoted)
        unnamed = traces.unnamed(unquoted, platform=row["platform"])
    new = {
        "post_key": row["post_key"],
        "text": None if passes_on else unnamed,
        "urls": [url for url in row["urls"] if not traces.is_link(url)],
        "url": None if row["url"] and traces.is_link(row["url"]) else row["url"],
        "is_unworded": bool(text) and (passes_on or bool(quoted) or unquoted != text),
        **{name: None if traces.owns(row[name]) else row[name] for name in _KEYS},
    }
    return new if any(new[name] != row[name] for name in new if name in row) else None


def _normal(text: str) -> str:
    return core(text).lower()


def _update_others(db: Database, others: pl.DataFrame) -> None:
    if others.is_empty():
        return
    with db.given("others", others):
        for statement in _UPDATE_OTHERS:
            db.run(statement)
        # A source shows them again as they were.
        db.run("insert into blanked select post_key from others on conflict do nothing")


def _drop_foreign_acts(db: Database, traces: Traces) -> None:
    """Take out acts on posts that were never seen, where the key of the post names the account."""
    rows = db.rows(
        "select interaction_key, post_key, target_post_key, record_key from interactions "
        "where regexp_matches(lower(interaction_key || ' ' || coalesce(record_key, '')), $names)",
        names="|".join(re.escape(name) for name in [*traces.names, traces.native.lower()]),
    )
    gone = [
        row["interaction_key"]
        for row in rows
        if any(traces.owns(row[name]) for name in ("post_key", "target_post_key", "record_key"))
    ]
    if gone:
        db.run("delete from interactions where list_contains($gone, interaction_key)", gone=gone)


_KEYS = ("reply_to_key", "quote_of_key", "repost_of_key")
_OTHERS = pl.Schema(
    {
        "post_key": pl.String(),
        "text": pl.String(),
        "urls": pl.List(pl.String),
        "url": pl.String(),
        "is_unworded": pl.Boolean(),
        **dict.fromkeys(_KEYS, pl.String()),
    }
)
_SAID = """text = others.text, urls = others.urls, url = others.url,
    text_id = case when others.is_unworded then null else {table}.text_id end"""
_UPDATE_OTHERS = (
    f"update hidden set {_SAID.format(table='hidden')} "  # noqa: S608
    "from others where hidden.post_key = others.post_key",
    f"update posts set {_SAID.format(table='posts')} from others "  # noqa: S608
    "where posts.post_key = others.post_key and posts.post_key not in (select post_key from "
    "hidden)",
    "update posts set reply_to_key = others.reply_to_key, quote_of_key = others.quote_of_key, "
    "repost_of_key = others.repost_of_key from others where posts.post_key = others.post_key",
)
_SHOWN_AS = """
select author_key, handle, coalesce(a.url, h.url) as url,
       coalesce(a.display_name, h.display_name) as display_name
from authors a left join hidden_authors h using (author_key)
"""
_ERASE_ACTS = """
delete from interactions
where author_key in (from erased_authors) or target_author_key in (from erased_authors)
   or post_key in (from erased_posts) or target_post_key in (from erased_posts)
"""
# Others' reposts no longer say through whom they came: the address holds the account.
_ERASE_VIA = """
update interactions set via_key = null
where regexp_replace(via_key, '^(\\w+:)at://([^/]+)/.*$', '\\1\\2') in (from erased_authors)
"""
_ERASE_AUTHORS = (
    "delete from authors where author_key in (from erased_authors)",
    "delete from hidden_authors where author_key in (from erased_authors)",
    "delete from removals where key in (from erased_authors)",
    "delete from contradictions where key in (from erased_authors)",
)
_OF_POSTS = (
    "engagement", "sightings", "matches", "expansions", "checks", "blanked", "hidden", "unanswered",
)  # fmt: skip
ERASE_POSTS = (
    *(f"delete from {table} where post_key in (from erased_posts)" for table in _OF_POSTS),  # noqa: S608
    "delete from removals where key in (from erased_posts)",
    "delete from contradictions where key in (from erased_posts)",
    "delete from posts where post_key in (from erased_posts)",
    # Others' posts keep their text, and no longer say whom they answered.
    *(
        f"update posts set {column} = null where {column} in (from erased_posts)"  # noqa: S608
        for column in _KEYS
    ),
)

"""From an input to who acts together more often than chance explains."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import narwhals as nw
import polars as pl

from analysis.graphs.accounts import accounts
from analysis.graphs.coordination import Coordination, Settings, coordination
from analysis.graphs.evidence import EVIDENCE, evidence, ties
from analysis.graphs.traces import TRACE_NAMES
from analysis.graphs.window import estimated_window
from monitor.coordination.found import Found
from monitor.coordination.lookup import Readable, lookup
from monitor.coordination.portraits import portraits
from monitor.coordination.tables import account_table, edge_table, evidence_table
from monitor.coordination.tracing import Traced, traced
from monitor.engines import Engine
from monitor.inputs import Input

DEFAULT_WITHIN = 60  # seconds
STANDING = (
    "Acting together more often than chance explains is no proof of bots, payment or falsehood: "
    "fans, newsrooms and volunteers do so too. Look at the posts."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is asked for."""

    by: tuple[str, ...] = TRACE_NAMES
    within: int | None = DEFAULT_WITHIN  # seconds; None: estimated from the input
    min_weight: int = 2
    fdr: float = 0.01
    scored: bool = True  # rank all accounts, and not the groups alone
    keyed: bool = False  # show keys of the store, and not what platforms call posts and accounts


def coordinated(
    source: Input,
    asked: Asked,
    engine: Engine,
    *,
    on_kinds: Callable[[int], None] = lambda _: None,
) -> Found:
    """Find who acts together more often than chance explains.

    on_kinds: is told at how many kinds of things there is to look, for people who wait.
    """
    read = traced(source, asked.by, engine)
    notes = [*source.notes, *read.notes]
    within = asked.within
    if within is None:
        within, note = _estimated(read, engine)
        notes.append(note)
    settings = Settings(by=asked.by, within=within, min_weight=asked.min_weight, fdr=asked.fdr)
    found = coordination(
        read.traces, read.authors.height, settings=settings, keep=engine.keep, scored=asked.scored,
        on_kinds=on_kinds,
    )  # fmt: skip
    notes += notes_of(found, read, engine)
    name = source.wanted.name
    return told(
        lambda _: source, read, found, settings, engine, name=name, notes=notes, keyed=asked.keyed
    )


def told(
    source: Callable[[pl.Series], Readable],
    read: Traced,
    found: Coordination,
    settings: Settings,
    engine: Engine,
    *,
    name: str,
    notes: list[str],
    keyed: bool,
) -> Found:
    """Give what was found by the names that people know.

    source: gives where to read again what these posts say.
    """
    met = EVIDENCE.to_frame()
    if found.pairs.height:
        shown = [TRACE_NAMES.index(name) for name in settings.by]
        some = read.traces.filter(nw.col("trace").is_in(shown))
        met = evidence(
            some, found.pairs, within=settings.within, load=engine.load, keep=engine.keep
        )
    tied = ties(met)
    posts = pl.concat([met["post"], met["post_b"]])
    named = lookup(source(posts), read.authors, posts, shown=pl.col if keyed else accounts)
    table = account_table(found, named)
    proof = evidence_table(found, met, named)
    return Found(
        target=name,
        within=settings.within,
        by=found.views,
        fdr=settings.fdr,
        posts=read.posts,
        accounts=read.authors.height,
        tested=found.tested,
        insufficient=found.insufficient,
        groups=portraits(table, proof, read.posts),
        account_table=table,
        edge_table=edge_table(found, tied, named),
        evidence_table=proof,
        together=_together(met, found, read),
        notes=[*notes, STANDING],
    )


def _together(met: pl.DataFrame, found: Coordination, read: Traced) -> pl.DataFrame:
    """Give who of a group acted when, together with another one of it: author_key, sort_at."""
    of = found.groups.select("author", "group")
    inner = met.join(of, on="author").join(
        of.rename({"author": "author_b", "group": "group_b"}), on="author_b"
    )
    same = inner.filter(pl.col("group") == pl.col("group_b"))
    ends = pl.concat(
        [same.select("author", "at"), same.select(author="author_b", at="at_b")]
    ).unique()
    at = pl.from_epoch("at").dt.replace_time_zone("UTC").cast(pl.Datetime("us", "UTC"))
    named = ends.join(read.authors.select("author", "author_key"), on="author")
    return named.select("author_key", at.alias("sort_at")).sort("author_key", "sort_at")


def _estimated(read: Traced, engine: Engine) -> tuple[int, str]:
    shares = engine.collect(read.traces.select("object", "at"))
    within = estimated_window(shares)
    if within is None:
        few = "too few objects are shared twice to estimate a window"
        return DEFAULT_WITHIN, f"Window: {DEFAULT_WITHIN} s; {few}."
    return within, f"Window: {within} s, estimated from how fast the fastest tenth is shared."


def notes_of(found: Coordination, read: Traced, engine: Engine) -> list[str]:
    """Say what a reader of the answer must know."""
    notes = []
    if found.left_out:
        notes.append(
            f"{found.left_out:,} objects are left out that nearly everybody shares: "
            "to share them tells nothing."
        )
    odd = engine.collect(read.traces.filter(nw.col("at") % 60 != 0).select(n=nw.len())).item()
    if read.posts and not odd:
        notes.append(
            "Times in this input are whole minutes: within 60 s means the same minute or the next."
        )
    return notes

"""Groups for publication: no handle, no post, no text, but of public figures their names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import polars as pl

from monitor.coordination.found import ACCOUNTS, EDGES, EVIDENCE, Found, Group, Pushed
from monitor.naming import Known, Naming, plain_if_personal

_TEXTS = ("text", "near-text")
_HIDDEN = "(a text)"


def accounts_in(found: Found) -> list[str]:
    """Give the keys of all accounts that are named. found: by keys (`Asked.keyed`)."""
    return found.account_table["account"].to_list()


def redacted(found: Found, naming: Naming, known: Mapping[str, Known]) -> Found:
    """Give the same with the names that accounts have outside. found: by keys (`Asked.keyed`).

    Hashtags stay; links to social platforms lose their page, texts and posts are left out.
    """
    names = {key: naming.name(key, known.get(key)) for key in accounts_in(found)}
    return replace(
        found,
        groups=[_group(group, names) for group in found.groups],
        account_table=found.account_table.with_columns(
            _named("account", names), handle=pl.lit(None, pl.String)
        )
        # Their old order would tell of their keys.
        .sort("score", "account", descending=[True, False])
        .cast(ACCOUNTS),
        edge_table=found.edge_table.with_columns(
            _named("source", names), _named("target", names), posts=pl.lit([], pl.List(pl.String))
        )
        .sort("q", "source", "target")
        .cast(EDGES),
        evidence_table=found.evidence_table.with_columns(
            _named("first_account", names),
            _named("then_account", names),
            pl.struct("by", "what")
            .map_elements(lambda row: _what(row["by"], row["what"]), return_dtype=pl.String)
            .alias("what"),
            first_post=pl.lit(""),
            then_post=pl.lit(""),
        ).cast(EVIDENCE),
    )


def _named(column: str, names: Mapping[str, str]) -> pl.Expr:
    return pl.col(column).replace_strict(dict(names), return_dtype=pl.String)


def _group(group: Group, names: Mapping[str, str]) -> Group:
    return replace(
        group,
        accounts=[names[key] for key in group.accounts],
        leader=None if group.leader is None else names[group.leader],
        pushed=[_pushed(thing, names) for thing in group.pushed],
    )


def _pushed(thing: Pushed, names: Mapping[str, str]) -> Pushed:
    shown = replace(
        thing.shown,
        first_account=names[thing.shown.first_account],
        first_post="",
        then_account=names[thing.shown.then_account],
        then_post="",
    )
    return replace(thing, what=_what(thing.by, thing.what), shown=shown)


def _what(by: str, what: str | None) -> str:
    """Give what was shared, as far as it names nobody."""
    if what is None or by in _TEXTS:
        return _HIDDEN
    if by == "link":
        return plain_if_personal(what if "://" in what else f"//{what}").removeprefix("//")
    return what if by == "hashtags" else f"(a {by})"

"""Takes one account out of letters, evidence and whatever else names it."""

from __future__ import annotations

import json
from typing import Any

from monitor.store.database import Database
from monitor.store.traces import BLANK, Traces

# Short texts in words: where they come from, and by what a row is found again.
_WORDS_OF_OTHERS = (
    ("authors", "display_name", "author_key"),
    ("hidden_authors", "display_name", "author_key"),
    ("unanswered", "why", "rowid"),
    ("contradictions", "reason", "rowid"),
    ("runs", "locator", "run_id"),
    ("runs", "detail", "run_id"),
    ("gaps", "detail", "gap_id"),
    ("silences", "why", "silence_id"),
    ("acknowledged", "why", "finding_key"),
    ("audit", "subject", "audit_id"),
    ("audit", "detail", "audit_id"),
)
_LETTERS = ("subject", "body_text", "body_html", "last_error")


def update_words(db: Database, traces: Traces) -> None:
    """Take names out of short texts of all kinds."""
    for table, column, by in _WORDS_OF_OTHERS:
        _update_column(db, traces, table, column, by)


def _update_column(db: Database, traces: Traces, table: str, column: str, by: str) -> None:
    rows = db.rows(f"select {by} as key, {column} as said from {table} where {column} is not null")  # noqa: S608
    for row in rows:
        new = traces.unnamed(row["said"])
        if new != row["said"]:
            db.run(
                f"update {table} set {column} = $new where {by} = $key",  # noqa: S608
                new=new,
                key=row["key"],
            )


def update_evidence(db: Database, traces: Traces) -> None:
    """Take names, posts and words out of the evidence of findings."""
    for row in db.rows("select finding_key, evidence from findings"):
        told = json.loads(row["evidence"])
        new = _within(told, traces)
        if new != told:
            db.run(
                "update findings set evidence = $evidence where finding_key = $key",
                evidence=json.dumps(new, ensure_ascii=False, sort_keys=True),
                key=row["finding_key"],
            )


def _within(value: Any, traces: Traces) -> Any:
    """Return a value of JSON without the account in its texts: a number that looks alike stays."""
    if isinstance(value, str):
        if value in traces.account.post_keys:
            return f"{traces.platform}:{BLANK}"
        return traces.unworded(traces.unnamed(value))
    if isinstance(value, list):
        return [_within(one, traces) for one in value]
    if isinstance(value, dict):
        return {key: _within(one, traces) for key, one in value.items()}
    return value


def update_letters(db: Database, traces: Traces, pseudonym: str) -> int:
    """Rewrite letters, those that wait above all: they are sent without the account."""
    changed = 0
    for row in db.rows(f"select letter_key, {', '.join(_LETTERS)} from outbox"):  # noqa: S608
        new = {
            name: said and traces.unworded(traces.unnamed(said)).replace(pseudonym, f"akun-{BLANK}")
            for name in _LETTERS
            if (said := row[name]) is not None
        }
        if any(new[name] != row[name] for name in new):
            changed += 1
            columns = ", ".join(f"{name} = ${name}" for name in new)
            db.run(
                f"update outbox set {columns} where letter_key = $key",  # noqa: S608
                key=row["letter_key"],
                **new,
            )
    return changed


def drop_set_aside(db: Database, traces: Traces) -> int:
    """Take out records that could not be read and that speak of the account, whatever they are."""
    gone: list[str] = []
    for frame in db.frames(
        "select rejected_key, concat_ws(' ', locator, field, reason, raw) as said from rejected"
    ):
        gone += [key for key, said in frame.iter_rows() if traces.are_in(said)]
    if not gone:
        return 0
    return db.run("delete from rejected where list_contains($gone, rejected_key)", gone=gone)

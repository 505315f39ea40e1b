"""`gaung findings`, `gaung alerts` and `gaung digest`."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.books import output_option
from monitor.cli.context import Given, read_time
from monitor.cli.findings_book import findings_json, numbers_of, write_findings
from monitor.cli.json_text import json_text
from monitor.cli.options import since_option
from monitor.nearest import one_of

if TYPE_CHECKING:
    from analysis.findings import Finding
    from monitor.config import Config

# What of a finding's evidence tells most, and how much of it a line shows.
_TELLING = ("posts", "expected", "authors", "accounts", "groups", "share", "hours", "detail")
_SHOWN = 5
_FINDINGS = """List what was found, newest first.

\b
Examples:
  gaung findings --since 7d
  gaung findings --watch air-bersih --json
  gaung findings --since 30d -o findings.xlsx
"""
_ALERTS = """List the decisions about findings: who was told what, when, and why or why not.

\b
Examples:
  gaung alerts
  gaung alerts --since 30d --json
"""
_DIGEST = """Print the digest of the last day, or send it.

The digest is written by itself at `digest.at`; this is to look at it, or to have it now.

\b
Examples:
  gaung digest --print
  gaung digest --print --to wali@example.go.id
  gaung digest --send
"""
# What JSON calls the columns of a decision.
_ALERT = {
    "decided_at": "decided_at",
    "told": "told",
    "reason": "reason",
    "recipients": "recipients",
    "finding": "finding_key",
    "watch": "watch",
    "kind": "kind",
    "from": "from_at",
    "to": "to_at",
    "score": "score_then",
}
_watch_option = click.option("--watch", metavar="NAME", help="Only of this watch.")
_json_option = click.option("--json", "as_json", is_flag=True, help="As JSON, times in UTC.")


@click.command("findings", help=_FINDINGS)
@_watch_option
@since_option
@_json_option
@output_option
@click.option("--redact", is_flag=True, help="For publication: of the evidence its numbers only.")
@click.pass_obj
def findings_command(
    given: Given,
    watch: str | None,
    since: str | None,
    as_json: bool,
    output: Path | None,
    redact: bool,
) -> int:
    """List findings."""
    from analysis.findings import FindingKind
    from monitor import clock
    from monitor.cli.tables import console, table

    app = given.app()
    start = read_time(since, option="--since", now=clock.now(), config=app.config)
    _check_watch(watch, app.config)
    with app.stores.open(read_only=True) as store:
        found = store.findings.between(watch=watch, since=start)
    if redact:
        naming = app.naming()
        found = [
            replace(f, evidence=numbers_of(f.evidence), subject=naming.source(f.subject))
            if f.kind is FindingKind.SOURCE_TROUBLE
            else replace(f, evidence=numbers_of(f.evidence))
            for f in found
        ]
    told = [_told_of(f) for f in found]
    if output is not None:
        write_findings(app, told, output, as_json=as_json, redacted=redact)
        return 0
    if as_json:
        click.echo(findings_json(told), nl=False)
        return 0
    zone = app.config.zone
    rows = [
        (
            _at(f.from_at, zone),
            _at(f.to_at, zone) if f.to_at else "goes on",
            f.watch,
            str(f.kind),
            f.subject,
            f"{f.score:.1f}",
            _evidence(f.evidence),
        )
        for f in found
    ]
    columns = ("from", "to", "watch", "what", "of", "surprise", "evidence")
    made = table(columns, rows, right=[5], drop=("surprise", "evidence", "to"), wrap=("evidence",))
    console().print(made if rows else "nothing was found")
    return 0


def _told_of(finding: Finding) -> dict[str, Any]:
    return {
        "key": finding.key,
        "watch": finding.watch,
        "kind": str(finding.kind),
        "subject": finding.subject,
        "from": finding.from_at,
        "to": finding.to_at,
        "score": finding.score,
        "evidence": dict(finding.evidence),
    }


@click.command("alerts", help=_ALERTS)
@_watch_option
@since_option
@_json_option
@click.pass_obj
def alerts_command(given: Given, watch: str | None, since: str | None, as_json: bool) -> int:
    """List decisions."""
    from monitor import clock
    from monitor.cli.tables import console, table

    app = given.app()
    start = read_time(since, option="--since", now=clock.now(), config=app.config)
    _check_watch(watch, app.config)
    with app.stores.open(read_only=True) as store:
        rows = store.findings.decisions(watch=watch, since=start)
    if as_json:
        told = [{name: row[column] for name, column in _ALERT.items()} for row in rows]
        click.echo(json_text("gaung.alerts/1", {"alerts": told}), nl=False)
        return 0
    zone = app.config.zone
    lines = [
        (
            _at(row["decided_at"], zone),
            row["watch"],
            row["kind"],
            _at(row["from_at"], zone),
            f"{row['score_then']:.1f}",
            _told(row),
            row["reason"],
            ", ".join(row["recipients"]) or "–",
        )
        for row in rows
    ]
    columns = ("decided", "watch", "what", "since", "score", "told?", "why", "recipients")
    made = table(columns, lines, right=[4], drop=("recipients", "score"), wrap=("why",))
    console().print(made if lines else "no decision was made yet")
    return 0


@click.command("digest", help=_DIGEST)
@click.option("--print", "to_print", is_flag=True, help="Print it.  [default]")
@click.option("--send", is_flag=True, help="Send it to digest.recipients now.")
@click.option("--to", "address", metavar="ADDRESS", help="Print it as this recipient gets it.")
@click.pass_obj
def digest_command(given: Given, to_print: bool, send: bool, address: str | None) -> int:
    """Print or send."""
    from monitor import clock
    from monitor.digest import digest_of, enqueue_extra_digest
    from monitor.errors import ConfigError
    from monitor.letters import clean, digest_letter
    from monitor.turn import send_due

    app, now = given.app(required=send), clock.now()
    if to_print or not send:
        if app.stores.path.exists():
            app.naming()  # pseudonyms are made for writing, once; the rest only reads
        with app.stores.open(read_only=True) as store:
            digest = digest_of(store, app.config, since=now - timedelta(days=1), until=now)
        recipients = [address] if address else app.config.digest.recipients
        reader = app.config.reader((recipients or ["nobody@example.org"])[0])
        letter = digest_letter(digest, reader=reader, now=now)
        click.echo(f"{clean(letter.subject)}\n\n{letter.text}")
    if not send:
        return 0
    if not app.config.digest.recipients:
        raise ConfigError("digest.recipients is empty: name who gets the digest")
    if not app.config.mail.server:
        raise ConfigError("mail.server is not set: name the mail server in [mail]")
    with app.stores.open() as store, store.transaction():
        letters = enqueue_extra_digest(store, app.config, now=now)
    delivery = send_due(app, now=now)
    sent = delivery.sent if delivery else 0
    click.echo(f"{len(letters)} written, {sent} sent")
    if delivery and (delivery.deferred or delivery.dead):
        click.echo("gaung: some were not taken: see `gaung outbox list`", err=True)
        return 1
    return 0


def _check_watch(watch: str | None, config: Config) -> None:
    names = [w.name for w in config.watches]
    if watch is not None and watch not in names:
        near = one_of(watch, names, none="none is configured")
        raise click.BadParameter(f"there is no watch {watch!r}{near}", param_hint="--watch")


def _at(moment: datetime, zone: Any) -> str:
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M %Z}"


def _told(row: dict[str, Any]) -> str:
    if not row["told"]:
        return "not told"
    return "told" if row["recipients"] else "no recipients"


def _evidence(evidence: Any) -> str:
    """Give what tells most, the first of it first; all of it is in the other formats."""
    told = {k: v for k, v in evidence.items() if not isinstance(v, list | None)}
    names = [*(name for name in _TELLING if name in told), *sorted(told.keys() - set(_TELLING))]
    return ", ".join(f"{name.replace('_', ' ')} {told[name]}" for name in names[:_SHOWN])

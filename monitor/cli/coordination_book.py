"""The answer of `gaung coordination` as a workbook: groups, accounts, edges and evidence."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from monitor.cli.books import write
from monitor.cli.coordination_text import groups_frame
from monitor.sheets.book import Sheet

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from monitor.coordination import Found

LIMITS = "Acting together is no proof of bots, payment or falsehood."


def write_coordination_book(found: Found, output: Path, *, zone: ZoneInfo) -> None:
    """Write all four tables, whichever view was asked for."""
    write(
        output,
        [
            Sheet.of_frame("groups", groups_frame(found), "Groups that act together"),
            Sheet.of_frame("accounts", found.account_table, "Accounts, most coordinated first"),
            Sheet.of_frame("edges", found.edge_table, "Who with whom, both ways"),
            Sheet.of_frame("evidence", found.evidence_table, "The posts behind the edges"),
        ],
        about=[
            ("coordination in", found.target),
            ("within", f"{found.within} s"),
            ("looked at", ", ".join(found.by)),
            ("rate of false pairs", f"{found.fdr:g} of {found.tested} pairs"),
            ("posts", str(found.posts)),
            ("accounts", str(found.accounts)),
            *([("insufficient data", found.insufficient)] if found.insufficient else []),
        ],
        notes=[*found.notes, *([] if LIMITS in " ".join(found.notes) else [LIMITS])],
        zone=zone,
    )

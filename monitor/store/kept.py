"""Keeps reports as long as the posts are as they were."""

from __future__ import annotations

from datetime import datetime

from monitor.store.database import Database

_MOST = 64  # a report is a quarter of a megabyte


class Kept:
    """The tables revision and kept_reports.

    `Database` raises the revision, and throws away what is kept, in the transaction that changes
    anything that reports are computed from: so what was erased is in no kept report either.
    """

    def __init__(self, database: Database) -> None:
        self._db = database

    def revision(self) -> int:
        """Give the number of the posts as they are now."""
        return int(self._db.value("select max(number) from revision"))

    def find(self, asked: str) -> str | None:
        """Give what is kept for a question; None: nothing, or it holds no longer."""
        rows = self._db.rows(
            "select report from kept_reports "
            "where asked = $asked and revision = (select max(number) from revision)",
            asked=asked,
        )
        return rows[0]["report"] if rows else None

    def keep(self, asked: str, report: str, *, revision: int, now: datetime) -> bool:
        """Keep what was computed at a revision; False if the posts have changed since."""
        if revision != self.revision():
            return False
        self._db.run("delete from kept_reports where asked = $asked", asked=asked)
        self._db.run(
            "insert into kept_reports values ($asked, $revision, $now, $report)",
            asked=asked,
            revision=revision,
            now=now,
            report=report,
        )
        self._db.run(
            "delete from kept_reports where asked not in "
            "(select asked from kept_reports order by kept_at desc limit $most)",
            most=_MOST,
        )
        return True

"""Stands for X until the operator says that its terms were read: it asks nothing, and says why."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from collectors.collector import SourceReport
from collectors.errors import AccessRefusedError
from collectors.page import Page
from collectors.platforms.x.settings import WARNING


class RefusingCollector:
    """Refuses every question."""

    source = "x/api.x.com"
    is_metered = True

    def pages(self, hashtag: str, *, cursor: str | None, now: datetime) -> Iterator[Page]:
        """Refuse. Raises `AccessRefusedError`."""
        raise AccessRefusedError(f"x: #{hashtag} not asked. {WARNING}")

    def check(self) -> SourceReport:
        """Say what to read."""
        return SourceReport(self.source, "not asked: you have not said that you may", WARNING)

    def close(self) -> None:
        """Do nothing."""

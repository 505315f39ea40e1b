"""The first hours of a hashtag: who began it, who picked it up, when it left its community."""

from __future__ import annotations

from monitor.genesis.begun import POST_COLUMNS, Genesis, genesis

__all__ = ["POST_COLUMNS", "Genesis", "genesis"]

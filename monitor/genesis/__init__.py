"""The first hours of a hashtag: who began it, who picked it up, when it left its community."""

from __future__ import annotations

from monitor.genesis.begun import POST_COLUMNS, Asked, genesis
from monitor.genesis.names import Names
from monitor.genesis.records import Genesis
from monitor.genesis.told import told_of

__all__ = ["POST_COLUMNS", "Asked", "Genesis", "Names", "genesis", "told_of"]

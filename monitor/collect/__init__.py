"""Stage 1: what is due → pages → store, with a verdict for each run and a gap for what is missing.

A page, its cursor and what it covers are saved in one transaction; so whatever ends the process,
the next turn knows how far this one came.
"""

from monitor.collect.backfill import Backfill, Filled
from monitor.collect.fence import Fence, Fenced
from monitor.collect.pauses import note_pauses
from monitor.collect.run import RunResult
from monitor.collect.stage import collect, plan
from monitor.collect.streams import listen

__all__ = [
    "Backfill",
    "Fence",
    "Fenced",
    "Filled",
    "RunResult",
    "collect",
    "listen",
    "note_pauses",
    "plan",
]

"""What a reader must know to read it rightly."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from monitor.genesis.records import Cascade

_KNOWN = 0.5  # of the followers
# Measured by `python -m bench.cascades` on every other of 1,321 cascades with true parents.
INFERRED_RIGHT, ORIGINAL_RIGHT = 0.73, 0.76
FIRST_SEEN = (
    "First seen here means: of what was collected or is in the file; others may be earlier."
)


def notes_of(early: pl.DataFrame, cascades: Sequence[Cascade]) -> list[str]:
    """Give the notes. early: platform and followers of the first posts."""
    notes = [FIRST_SEEN]
    if early["followers"].null_count() > (1 - _KNOWN) * early.height:
        notes.append(
            "Followers are not known for most accounts: who picked it up is in the order of time, "
            "and not by influence."
        )
    if any(one.parents_inferred for one in cascades):
        notes.append(
            "Inferred: the platform does not say through whom, so it is guessed by followers and "
            "recency (casIn). Where the truth is known (Twitter, 2015, without followers) such a "
            f"guess is right for {INFERRED_RIGHT:.0%} of reposts, and naming always the original "
            f"for {ORIGINAL_RIGHT:.0%}: depth and virality are then guesses too."
        )
    if any(one.parents_assumed for one in cascades):
        notes.append(
            "Assumed: neither the platform nor followers say through whom, so that the original is "
            f"named, which is right for {ORIGINAL_RIGHT:.0%} of reposts where the truth is known "
            f"(a guess by recency: {INFERRED_RIGHT:.0%}). Depth and virality are the least "
            "that is possible."
        )
    if any(one.platform == "mastodon" for one in cascades):
        notes.append(
            "Mastodon does not say when a post was boosted: the time is when it was first seen, "
            "so that doubling time and half-life of its cascades may be too long."
        )
    return notes

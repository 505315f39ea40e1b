"""Posts that only some streams have shown: what is left out while these cannot be compared."""

from __future__ import annotations

from collections.abc import Sequence

_SHOWN_BY = """
    select post_key from (
        select post_key, source, unnest(hashtags) as hashtag from posts
        union all
        select s.post_key, s.source, unnest(p.hashtags)
        from sightings s join posts p using (post_key)
    ) where list_contains({streams}, source || chr(10) || hashtag)
"""
# Shown by a stream of $without, and by none of $only.
LEFT_OUT = f"{_SHOWN_BY.format(streams='$without')} except {_SHOWN_BY.format(streams='$only')}"


def pairs_of(streams: Sequence[tuple[str, str]]) -> list[str]:
    """Return streams (source and hashtag) as the statement compares them."""
    return ["\n".join(pair) for pair in streams]

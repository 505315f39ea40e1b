"""Tells which of all events of the network may be of interest, without decoding them.

Some hundred events come in each second, and one in thousands matters: what is done for each must
be next to nothing. Whatever passes here is decoded and judged in full.
"""

from __future__ import annotations

import re

from collectors import hashtags
from collectors.collector import Interest

# A facet's tag or an entry of `tags`; and a hashtag that is only written in the text.
_TAG = re.compile(rb'"tag"\s*:\s*"([^"\\]*)"')
# As long as eight tags of 64 letters can be: nested lists would else be looked through once each.
_TAGS = re.compile(rb'"tags"\s*:\s*\[([^\]]{0,16384})\]')
_QUOTED = re.compile(rb'"((?:[^"\\]|\\.)*)"')
_WRITTEN = re.compile(rb"[#\x83]([\w\x80-\xff]+)")
_POST = re.compile(rb'"at://([^"/]+/app\.bsky\.feed\.post/[^"/]+)"')
# What every event with a hashtag holds one of: a number sign, also full-width, or a tag's field.
_MARKS = (b"#", b'"tag', b"\xef\xbc\x83", b"\\uff03")
_DID = re.compile(rb'"did"\s*:\s*"([^"]+)"')


class Candidates:
    """Knows what is of interest, as bytes. A view of an `Interest` that grows with it."""

    def __init__(self, interest: Interest) -> None:
        self._interest = interest
        self._known: dict[bytes, bool] = {}

    def __contains__(self, frame: bytes) -> bool:
        """Tell whether an event must be decoded."""
        if b'"delete"' in frame or b'"account"' in frame or b'#account"' in frame:
            return self._is_about_known(frame)
        if any(mark in frame for mark in _MARKS):
            if b"\\u" in frame or b'\\"' in frame:
                return True  # escapes: too rare to be worth reading here
            for tag in self._tags(frame):
                if self._is_wanted(tag):
                    return True
        posts = self._interest.posts
        if posts and b"app.bsky.feed.post/" in frame:
            for found in _POST.findall(frame):
                if f"bluesky:at://{found.decode(errors='replace')}" in posts:
                    return True
        return False

    def _tags(self, frame: bytes) -> list[bytes]:
        found = _TAG.findall(frame) + _WRITTEN.findall(frame)
        if b'"tags"' in frame:
            for listed in _TAGS.findall(frame):
                found += _QUOTED.findall(listed)
        return found

    def _is_wanted(self, tag: bytes) -> bool:
        known = self._known.get(tag)
        if known is None:
            if len(self._known) > 100_000:
                self._known.clear()
            spelled = hashtags.normalize(tag.decode(errors="replace"))
            known = self._known[tag] = spelled in self._interest.hashtags
        return known

    def _is_about_known(self, frame: bytes) -> bool:
        did = _DID.search(frame)
        if did is None:
            return True
        key = f"bluesky:{did[1].decode(errors='replace')}"
        return key in self._interest.authors

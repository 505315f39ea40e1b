"""Tells which of all events of the network may be of interest, without decoding their records.

Some hundred events come in each second, and one in thousands matters: what is done for each must
be next to nothing. Whatever passes here is decoded and judged in full. What an event is says its
head; its bytes are searched only for what may stand anywhere in a record.
"""

from __future__ import annotations

import re

from collectors import hashtags
from collectors.collector import Interest
from collectors.platforms.bluesky.posts import PLATFORM
from collectors.platforms.bluesky.wires import Head

# A facet's tag or an entry of `tags`; and a hashtag that is only written in the text.
_TAG = re.compile(rb'"tag"\s*:\s*"([^"\\]*)"')
# As long as eight tags of 64 letters can be: nested lists would else be looked through once each.
_TAGS = re.compile(rb'"tags"\s*:\s*\[([^\]]{0,16384})\]')
_QUOTED = re.compile(rb'"((?:[^"\\]|\\.)*)"')
_WRITTEN = re.compile(rb"[#\x83]([\w\x80-\xff]+)")
_POST = re.compile(rb'"at://([^"/]+/app\.bsky\.feed\.post/[^"/]+)"')
# What every event with a hashtag holds one of: a number sign, also full-width, or a tag's field.
_MARKS = (b"#", b'"tag', b"\xef\xbc\x83", b"\\uff03", b"\\u0023")


class Candidates:
    """Knows what is of interest, as bytes. A view of an `Interest` that grows with it."""

    def __init__(self, interest: Interest) -> None:
        self._interest = interest
        self._known: dict[bytes, bool] = {}

    def may_matter(self, head: Head, frame: bytes) -> bool:
        """Tell whether an event must be decoded."""
        if head.kind != "commit":
            return head.kind == "account" and f"{PLATFORM}:{head.did}" in self._interest.authors
        if head.operation == "delete":
            return self._is_of_known(head)
        if any(mark in frame for mark in _MARKS):
            if b"\\u" in frame or b'\\"' in frame:
                return True  # escapes: too rare to be worth reading here
            for tag in self._tags(frame):
                if self._is_wanted(tag):
                    return True
        posts = self._interest.posts
        if posts and b"\\/" in frame:  # escaped, as some servers do: rare too
            return True
        if posts and b"app.bsky.feed.post/" in frame:
            for found in _POST.findall(frame):
                if f"{PLATFORM}:at://{found.decode(errors='replace')}" in posts:
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

    def _is_of_known(self, head: Head) -> bool:
        key = f"{PLATFORM}:at://{head.did}/{head.collection}/{head.rkey}"
        return key in self._interest.posts or key in self._interest.acts

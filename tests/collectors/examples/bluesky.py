"""Bluesky is listened to; its promises are kept by platforms/test_bluesky_jetstream.py."""

from __future__ import annotations

from tests.collectors.examples import Example

EXAMPLE = Example(settings={})

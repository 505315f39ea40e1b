"""A watch that cannot be looked at keeps nobody from looking at the others."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor import turn
from monitor.config import load
from monitor.coordination import Memory
from monitor.wiring import build
from tests.builders import NOON

CONFIG = """
[[watches]]
name = "rusak"
hashtags = ["airbersih"]
[[watches]]
name = "utuh"
hashtags = ["jembatan"]
[collectors.mastodon]
servers = ["http://127.0.0.1:9"]
"""


def test_one_watch_that_breaks_is_left_out_and_the_others_are_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "config.toml"
    path.write_text(CONFIG)
    app = build(load(path), path=path)
    looked: list[str] = []
    broke: list[str] = []

    def detect(*_: object, watches: list[object], **__: object) -> list[object]:
        (watch,) = watches
        looked.append(watch.name)  # type: ignore[attr-defined]
        if looked[-1] == "rusak":
            raise OverflowError("date value out of range")
        return []

    def guarded(name: str, work: object) -> bool:
        try:
            work()  # type: ignore[operator]
        except OverflowError:
            broke.append(name)
            return False
        return True

    monkeypatch.setattr(turn, "detect", detect)
    memory = Memory()
    turn.notice(app, anything_new=True, now=NOON, memory=memory, guarded=guarded)
    assert (looked, broke) == (["rusak", "utuh"], ["detection of rusak"])
    with pytest.raises(OverflowError):  # a single turn ends with it, as ever
        turn.notice(app, anything_new=True, now=NOON)

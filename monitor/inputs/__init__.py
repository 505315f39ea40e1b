"""Where analysis gets its posts from: the store, a file, a folder, a lake."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from monitor.config import Config
from monitor.inputs.input import Aside, Input, Wanted
from monitor.inputs.reading import OnRead, unheard
from monitor.nearest import one_of
from monitor.store import StoreFile

ALL = "all"


class UnknownTargetError(ValueError):
    """TARGET is neither a watch, nor a hashtag, nor `all`; the message says what there is."""


def wanted(config: Config, text: str, *, since: datetime | None, until: datetime | None) -> Wanted:
    """Read what TARGET names. Raises `UnknownTargetError`."""
    found = Wanted("all posts", ()) if text == ALL else named(config, text)
    if found is None:
        watches = [watch.name for watch in config.watches]
        raise UnknownTargetError(f"{no_watch(text, watches)}; `all` stands for all posts")
    return replace(found, since=since, until=until)


def named(config: Config, text: str) -> Wanted | None:
    """Give the posts of a watch or a #hashtag, of all times; None if it is neither."""
    from collectors.hashtags import normalize

    watches = {watch.name: watch for watch in config.watches}
    if text in watches:
        return Wanted(text, watches[text].tags, watch=text)
    tag = normalize(text)
    if text.startswith(("#", "＃")) and tag is not None:
        return Wanted(f"#{text.lstrip('#＃')}", (tag,))
    return None


def no_watch(text: str, watches: Iterable[str]) -> str:
    """Give what is wrong with a word that names no watch, and what may have been meant."""
    near = one_of(text, watches, none="none is configured")
    said = "A" if near.endswith("?") else "; a"
    return f'there is no watch {text!r}{near}{said:>2} hashtag is written "#{text}", in quotes'


def opened(
    stores: StoreFile, asked: Wanted, *, path: Path | None = None, on_read: OnRead = unheard
) -> Input:
    """Give the posts of a lake, of a file or folder, or of the store. on_read: is told how far."""
    if path is not None:
        from monitor.inputs.lake import LakeInput, is_lake

        if is_lake(path):
            return LakeInput(path, asked, on_read)
        from monitor.inputs.files import FileInput

        return FileInput(path, asked, on_read)
    from monitor.inputs.stored import StoreInput

    return StoreInput(lambda: stores.open(read_only=True), asked, on_read)


__all__ = [
    "ALL",
    "Aside",
    "Input",
    "UnknownTargetError",
    "Wanted",
    "named",
    "no_watch",
    "opened",
    "wanted",
]

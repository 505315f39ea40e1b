"""What a shell offers where a word is half typed: watches, hashtags, sources, formats.

Somebody is typing: nothing is waited for, nothing is an error, and no frames are loaded.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.shell_completion import CompletionItem

if TYPE_CHECKING:
    from monitor.store import StoreFile

_MOST = 60  # a screen of them
_WRONG = (OSError, ValueError, KeyError, TypeError, AttributeError)
Items = Iterator[CompletionItem[str]]


def teach(command: click.Command) -> None:
    """Let the parameters of a command finish words, each by what its name stands for."""
    for name, one in getattr(command, "commands", {}).items():
        if name in {"pause", "resume", "remove"}:
            one.params[0].name = "watch"
        teach(one)
    for parameter in command.params:
        # A choice offers itself; some names stand for one in most commands only.
        if isinstance(parameter.type, click.Choice):
            continue
        if (offers := _OFFERS.get(parameter.name or "")) is not None:
            parameter.shell_complete = _offering(offers)  # type: ignore[method-assign]


def _offering(offers: Callable[[_Known, str], Items]) -> Callable[..., list[CompletionItem[str]]]:
    def shell_complete(ctx: click.Context, incomplete: str) -> list[CompletionItem[str]]:
        return list(offers(_Known(ctx.find_root().params.get("config_path")), incomplete))

    return shell_complete


class _Known:
    """What config.toml and the store know, as far as they can be read at once."""

    def __init__(self, config_path: str | None) -> None:
        self.path = Path(config_path or os.environ.get("GAUNG_CONFIG") or "config.toml")
        try:
            self.raw: dict[str, Any] = tomllib.loads(self.path.read_text(encoding="utf-8"))
        except _WRONG:
            self.raw = {}

    @property
    def watches(self) -> list[tuple[str, list[str]]]:
        """Names, and the hashtags as they are written."""
        try:
            return [
                (str(one["name"]), [str(tag).lstrip("#＃") for tag in one["hashtags"]])
                for one in self.raw.get("watches", [])
            ]
        except _WRONG:
            return []

    def hashtags(self, prefix: str) -> Iterator[str]:
        """Those of watches as they are spelled there, then those of the store, each once."""
        wanted, seen = prefix.casefold(), set()
        for tag in (tag for _, tags in self.watches for tag in tags):
            if tag.casefold().startswith(wanted) and tag.casefold() not in seen:
                seen.add(tag.casefold())
                yield tag
        yield from (tag for tag in self._stored(wanted) if tag not in seen)

    def _stored(self, prefix: str) -> list[str]:
        store = self._store()
        return [] if store is None else store.glance(prefix, most=_MOST)

    def letters(self) -> list[tuple[str, str]]:
        """Short names of letters that wait or were given up, and what they are."""
        from monitor.store.outbox import short_name

        store = self._store()
        found = [] if store is None else store.glance_letters()[:_MOST]
        return [(short_name(row["key"]), f"{row['state']}: {row['recipient']}") for row in found]

    def _store(self) -> StoreFile | None:
        from monitor.store import StoreFile

        try:
            name = str(self.raw.get("store", {}).get("path", "data/gaung.duckdb"))
            place = self.path.resolve().parent / Path(name).expanduser()
        except (*_WRONG, RuntimeError):
            return None
        return StoreFile(place)


def _watches(known: _Known, incomplete: str) -> Items:
    for name, tags in known.watches:
        if name.startswith(incomplete):
            yield CompletionItem(name, help=" ".join(f"#{tag}" for tag in tags))


def _hashtags(known: _Known, incomplete: str) -> Items:
    mark = "#" if incomplete.startswith("#") or not incomplete else ""
    for tag in known.hashtags(incomplete.lstrip("#＃")):
        yield CompletionItem(_for_shell(f"{mark}{tag}"), help="hashtag")


def _targets(known: _Known, incomplete: str) -> Items:
    yield from _watches(known, incomplete)
    if "all".startswith(incomplete) and incomplete:
        yield CompletionItem("all", help="all posts")
    if incomplete.startswith("#") or not incomplete:
        for tag in known.hashtags(incomplete.lstrip("#")):
            yield CompletionItem(_for_shell(f"#{tag}"), help="hashtag")


def _letters(known: _Known, incomplete: str) -> Items:
    for name, what in known.letters():
        if name.startswith(incomplete):
            yield CompletionItem(name, help=what)


def _for_shell(word: str) -> str:
    """Write a word so that its shell takes it as it is: outside quotes, # begins a comment.

    zsh and fish see to that themselves; bash takes what it is given, and `read` in its script
    eats one backslash.
    """
    if not os.environ.get("_GAUNG_COMPLETE", "").startswith("bash"):
        return word
    words = os.environ.get("COMP_WORDS", "").split("\n")
    at = os.environ.get("COMP_CWORD", "0")
    raw = words[int(at)] if at.isdigit() and int(at) < len(words) else ""
    return word if raw[:1] in {'"', "'"} else word.replace("#", "\\\\#")


def _plain(words: Callable[[], Iterable[str]]) -> Callable[[_Known, str], Items]:
    def offers(_known: _Known, incomplete: str) -> Items:
        for word in words():
            if word.casefold().startswith(incomplete.casefold()):
                yield CompletionItem(word)

    return offers


def _source_names() -> Iterable[str]:
    from collectors.registry import SOURCES

    return SOURCES


def _platforms() -> Iterable[str]:
    return sorted({*_source_names(), "facebook", "instagram", "tiktok", "x"} - {"news"})


def _formats() -> Iterable[str]:
    from collectors.imports.detect import IMPORTERS

    return ("auto", *IMPORTERS)


def _fields() -> Iterable[str]:
    from collectors.imports.csv_columns import NAMES

    return (f"{field}=" for field in NAMES)


def _compared(known: _Known, incomplete: str) -> Items:
    if "previous".startswith(incomplete):
        yield CompletionItem("previous", help="as long a time before")
    yield from _targets(known, incomplete)


def _zones() -> Iterable[str]:
    from zoneinfo import available_timezones

    return sorted(available_timezones())


def _times() -> Iterable[str]:
    return ("1h", "6h", "24h", "3d", "7d", "28d")


_OFFERS: dict[str, Callable[[_Known, str], Items]] = {
    "target": _targets,
    "watch": _watches,
    "hashtags": _hashtags,
    "letters": _letters,
    "names": _plain(_source_names),
    "sources": _plain(_source_names),
    "zone": _plain(_zones),
    "since": _plain(_times),
    "until": _plain(_times),
    "at": _plain(_times),
    "older_than": _plain(lambda: ("30d", "90d", "180d", "365d")),
    "format_name": _plain(_formats),
    "maps": _plain(_fields),
    "platform": _plain(_platforms),
    "compare": _compared,
    "within": _plain(lambda: ("auto", "10s", "60s", "5m", "1h")),
    "every": _plain(lambda: ("1d", "7d", "28d")),
    "timeout": _plain(lambda: ("10s", "30s", "2m", "10m")),
    "memory_limit": _plain(lambda: ("500MB", "1GB", "2GB", "4GB", "8GB")),
    "window": _plain(lambda: ("15m", "1h", "6h", "1d")),
}

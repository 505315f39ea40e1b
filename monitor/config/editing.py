"""Changes the watches of config.toml: text in, text out, comments and order kept. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import AoT, Comment, Item, Table, Whitespace

from monitor.errors import ConfigError
from monitor.nearest import one_of


def with_watch(text: str, values: Mapping[str, Any], *, name: str) -> str:
    """Give the text with one watch more, after the others.

    values: keys of a watch as they stand in the file, `name` and `hashtags` among them; name:
    what errors call the file.
    """
    document = _parsed(text, name=name)
    watches = document.get("watches")
    if watches is None:
        # Appended as text: the library would put it above the comments that end the file.
        section = "".join(
            f"{key} = {tomlkit.item(value).as_string()}\n" for key, value in values.items()
        )
        before = text if not text or text.endswith("\n") else f"{text}\n"
        return f"{before}\n[[watches]]\n{section}"
    added: Any = tomlkit.table() if isinstance(watches, AoT) else tomlkit.inline_table()
    for key, value in values.items():
        added.append(key, value)
    if isinstance(watches, AoT) and watches:
        tail = _cut_tail(watches[-1])
        watches[-1].add(tomlkit.nl())
        for item in tail:
            added.add(item)
    watches.append(added)
    return tomlkit.dumps(document)


def without_watch(text: str, watch: str, *, name: str) -> str:
    """Give the text without a watch; comments that lead to the next section stay.

    Raises `ConfigError` if there is no such watch.
    """
    document = _parsed(text, name=name)
    watches, index = _found(document, watch, name=name)
    if not isinstance(watches, AoT):
        del watches[index]
        return tomlkit.dumps(document)
    # By lines: the library would take out the comments behind it, too.
    _cut_tail(watches[index])
    lines = text.splitlines(keepends=True)
    start = [number for number, line in enumerate(lines) if _is_head(line)][index]
    end = start + 1 + watches[index].as_string().count("\n")
    while end < len(lines) and not lines[end].strip():
        end += 1  # the empty lines before it are enough
    return "".join([*lines[:start], *lines[end:]])


def paused(text: str, watch: str, *, pause: bool, name: str) -> str:
    """Give the text with a watch paused, or no longer.

    Raises `ConfigError` if there is no such watch.
    """
    document = _parsed(text, name=name)
    watches, index = _found(document, watch, name=name)
    section = watches[index]
    if "paused" in section and (pause or section.item("paused").trivia.comment):
        section["paused"] = pause
    elif "paused" in section:
        del section["paused"]
    elif pause:
        tail = _cut_tail(section) if isinstance(section, Table) else []
        section.append("paused", True)
        for item in tail:
            section.add(item)
    return tomlkit.dumps(document)


def _is_head(line: str) -> bool:
    return "".join(line.partition("#")[0].split()) == "[[watches]]"


def _cut_tail(section: Table) -> list[Item]:
    """Take from a section what follows its last empty line, if it is only comments.

    To TOML it is of this section; to its reader it is the heading of the next.
    """
    body = section.value.body
    last = len(body)
    while (
        last and body[last - 1][0] is None and isinstance(body[last - 1][1], Comment | Whitespace)
    ):
        last -= 1
    fillers = [item for _, item in body[last:]]
    first_empty = next((n for n, item in enumerate(fillers) if isinstance(item, Whitespace)), None)
    if first_empty is None:
        return []
    del body[last + first_empty :]
    return fillers[first_empty:]


def _parsed(text: str, *, name: str) -> Any:
    try:
        document = tomlkit.parse(text)
    except TOMLKitError as error:
        raise ConfigError(f"{name}: is not valid TOML: {error}") from None
    if tomlkit.dumps(document) != text:
        raise ConfigError(
            f"{name}: its [[watches]] sections do not stand together: move them together, and "
            "run this again"
        )
    return document


def _found(document: Any, watch: str, *, name: str) -> tuple[Any, int]:
    watches = document.get("watches", [])
    names = [str(one.get("name")) for one in watches]
    if watch not in names:
        raise ConfigError(
            f"{name}: there is no watch {watch!r}{one_of(watch, names, none='none is configured')}"
        )
    return watches, names.index(watch)

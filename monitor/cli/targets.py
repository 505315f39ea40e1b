"""What TARGET and its times name, read in the same way by every command."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from monitor.cli.context import read_time

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from monitor.inputs import Input, Wanted
    from monitor.inputs.reading import OnRead
    from monitor.target import Target
    from monitor.wiring import App


def wanted_by(
    app: App,
    target: str,
    since: str | None,
    until: str | None,
    *,
    now: datetime,
    hint: str = "TARGET",
) -> Wanted:
    """Give which posts are asked for. Raises a usage error with what there is."""
    from monitor.inputs import UnknownTargetError, wanted

    begin = read_time(since, option="--since", now=now, config=app.config)
    end = read_time(until, option="--until", now=now, config=app.config)
    try:
        return wanted(app.config, target, since=begin, until=end)
    except UnknownTargetError as error:
        raise click.BadParameter(str(error), param_hint=hint) from None


def source_by(
    app: App,
    target: str,
    since: str | None,
    until: str | None,
    path: Path | None,
    on_read: OnRead | None = None,
) -> Input:
    """Give these posts, of a file or lake or of the store. Raises a usage error.

    on_read: is told how far they are read.
    """
    from monitor import clock
    from monitor.inputs import opened
    from monitor.inputs.reading import unheard

    asked = wanted_by(app, target, since, until, now=clock.now())
    return opened(app.stores, asked, path=path, on_read=on_read or unheard)


def target_of(app: App, text: str) -> Target:
    """Find what TARGET names where it cannot be all posts. Raises a usage error."""
    from monitor.inputs import named, no_watch

    found = named(app.config, text)
    if found is None:
        watches = [watch.name for watch in app.config.watches]
        raise click.BadParameter(no_watch(text, watches), param_hint="TARGET")
    return found.target

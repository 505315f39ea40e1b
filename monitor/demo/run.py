"""Drives the demo: a server, a mailbox, and one turn after the other in simulated time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from monitor import config, wiring
from monitor.coordination import Memory
from monitor.demo.folder import DemoFolder
from monitor.demo.mailbox import Mailbox
from monitor.demo.mastodon_server import MastodonServer
from monitor.demo.records import Campaign
from monitor.turn import Turn, turn
from monitor.wiring import App

_EXPAND_LIMIT = 12
_CALM_HOURS = frozenset({7, 11, 15, 19, 23})
_PAST = timedelta(minutes=5)  # after the hour, so that the digest of 07:00 is due
_AROUND = timedelta(hours=2)  # what is planted


@dataclass(frozen=True, slots=True)
class Simulated:
    """What the turns have done."""

    app: App
    turns: int
    requests: int


Told = Callable[[datetime, Turn], None]


def simulate(
    campaign: Campaign, folder: DemoFolder, *, until: datetime | None = None, on_turn: Told
) -> Simulated:
    """Go through the campaign with the real stages; what they find is in the folder's store."""
    with MastodonServer(campaign) as server, Mailbox(folder.mail) as mailbox:
        folder.write_config(server=server.url, port=mailbox.port, expand_limit=_EXPAND_LIMIT)
        built = wiring.build(config.load(folder.config), path=folder.config)
        # Nobody waits in simulated time: not between requests, and not before the next attempt.
        app = App(built.config, built.stores, built.path, min_interval=0, sleep=lambda _: None)
        collectors = app.collectors(now=lambda: server.now)
        count, memory = 0, Memory()
        try:
            with app.stores.kept_open():
                for now in turn_times(campaign, until=until):
                    server.now = now
                    on_turn(now, turn(app, collectors, now=now, memory=memory))
                    count += 1
        finally:
            for collector in collectors.values():
                collector.close()
        return Simulated(app, count, server.requests)


def turn_times(campaign: Campaign, *, until: datetime | None = None) -> Iterator[datetime]:
    """Give when turns are done: every hour around what is planted, else five times a day.

    A daemon would do one every ten minutes, and learn of everything that much sooner.
    """
    end = min(until or campaign.end, campaign.end)
    moment = campaign.start + timedelta(hours=7) + _PAST
    while moment < end:
        if moment.hour in _CALM_HOURS or _is_active(campaign, moment):
            yield moment.astimezone(UTC)
        moment += timedelta(hours=1)
    yield end.astimezone(UTC)


def _is_active(campaign: Campaign, moment: datetime) -> bool:
    planted = campaign.planted
    stretches = (
        (planted.outage_from, planted.outage_until),
        (planted.push_from, planted.pick_up_until),
        (planted.surge_from, planted.surge_until),
    )
    return any(since - _AROUND <= moment < until + _AROUND for since, until in stretches)

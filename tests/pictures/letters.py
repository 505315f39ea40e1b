"""The letters of a store: what was told of it, or would be, in both languages."""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from html import escape
from operator import itemgetter
from pathlib import Path

from analysis.findings import Finding
from monitor.alert import Decision, grouped, letters_of
from monitor.config import Config
from monitor.detect import detect
from monitor.digest import digest_of
from monitor.letters import Letter, alert_letter, digest_letter
from monitor.notify import facts_of, notify
from monitor.reader import Reader
from monitor.store import Store
from monitor.store.telling import decision_of
from monitor.target import Target
from monitor.wiring import App
from tests.pictures.browser import Job

LANGUAGES = ("id", "en")
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
_ALERTS = 6
_LOUDEST = 3  # hours at whose ends it is looked, where nothing was told yet
_TEXT = """<!doctype html><meta charset="utf-8"><style>body{{margin:0}}
pre{{margin:0;padding:12px 14px;font:13px/1.35 'DejaVu Sans Mono',monospace;white-space:pre-wrap}}
</style><pre>{text}</pre>"""
# Phones and desks; what mail programs do with the dark is theirs, but it must be readable.
_WAYS = {"640": (640, "light"), "375": (375, "light"), "640-dark": (640, "dark")}


def letters(app: App, *, at: datetime) -> dict[str, Letter]:
    """Give the alerts of a store, and the digests of the last day and of the first alert, by name.

    Where nobody was told of anything yet, as with imported files, it is judged at the ends of the
    loudest hours, as if each was now. Nothing of it stays in the store.
    """
    config = app.config
    found: dict[str, Letter] = {}
    with app.stores.open() as store, store.database.trial():
        told = _told(store)
        if not told:
            _judge(store, config, at=at)
            told = _told(store)
        told = dict(list(told.items())[:_ALERTS])
        digests = {at, *(list(told) or _loudest(store, config))[:1]}
        for moment in sorted({*told, *digests}, reverse=True):
            then = back_to(store, config, moment)
            for reader in _readers(config):
                end = f"{moment:%m-%dT%H%M}-{reader.language}"
                for group in _as_then(told.get(moment, ()), then):
                    name = f"alert-{group[0].finding.watch}-{end}"
                    found[name] = _alert(store, config, group, reader, now=moment)
                if moment in digests:
                    digest = digest_of(store, config, since=moment - _DAY, until=moment)
                    found[f"digest-{end}"] = digest_letter(digest, reader=reader, now=moment)
    return dict(sorted(found.items()))


def back_to(store: Store, config: Config, moment: datetime) -> list[Finding]:
    """Let a store know of no finding after a moment; give what is found then."""
    store.database.run("delete from findings where from_at >= $at", at=moment)
    store.database.run("update findings set to_at = null where to_at > $at", at=moment)
    return detect(store, config, now=moment)


def _readers(config: Config) -> Iterator[Reader]:
    for language in LANGUAGES:
        yield replace(config.reader("wali@example.org"), language=language)  # type: ignore[arg-type]


def _told(store: Store) -> dict[datetime, tuple[Decision, ...]]:
    """Give what people were told, by its time, the first first."""
    told: dict[datetime, tuple[Decision, ...]] = {}
    for row in sorted(store.findings.decisions(), key=itemgetter("decided_at")):
        if row["told"]:
            at = row["decided_at"]
            told[at] = (*told.get(at, ()), decision_of(row))
    return told


def _as_then(decided: Iterable[Decision], then: list[Finding]) -> list[tuple[Decision, ...]]:
    """Give letters' decisions with their findings as they were: some have grown or ended since."""
    by_key = {finding.key: finding for finding in then}
    return letters_of(
        grouped(replace(one, finding=by_key.get(one.finding.key, one.finding)) for one in decided)
    )


def _judge(store: Store, config: Config, *, at: datetime) -> None:
    """Judge at the ends of the loudest hours, one after the other."""
    for moment in sorted({*_loudest(store, config), at}):
        notify(store, config, detect(store, config, now=moment), now=moment)


def _loudest(store: Store, config: Config) -> list[datetime]:
    hours: Counter[datetime] = Counter()
    for watch in config.watches:
        acts = store.queries.activity(Target.of(watch).selection(None, None))
        posts = acts.filter("is_post")["sort_at"].dt.truncate("1h").value_counts()
        hours.update(dict(posts.iter_rows()))
    return [hour + _HOUR for hour, _ in hours.most_common(_LOUDEST)]


def _alert(
    store: Store, config: Config, group: tuple[Decision, ...], reader: Reader, *, now: datetime
) -> Letter:
    watch = next(one for one in config.watches if one.name == group[0].finding.watch)
    facts = facts_of(store, watch, group, config, now=now)
    thread = f"finding:{group[0].finding.key}"
    return alert_letter(group, watch=watch, facts=facts, reader=reader, now=now, thread=thread)


def written(found: dict[str, Letter], room: Path, folder: Path) -> Iterator[Job]:
    """Write pages of letters into a room, and give the pictures of them that go into a folder."""
    for name, letter in found.items():
        html = letter.html
        for picture in letter.pictures:
            data = base64.b64encode(picture.png).decode()
            html = html.replace(f"cid:{picture.name}@gaung", f"data:image/png;base64,{data}")
        (room / f"{name}.html").write_text(html, encoding="utf-8")
        text = f"{letter.subject}\n\n{letter.text}"
        (room / f"{name}-text.html").write_text(_TEXT.format(text=escape(text)), encoding="utf-8")
        for way, (width, scheme) in _WAYS.items():
            yield Job(
                page=str(room / f"{name}.html"),
                picture=str(folder / f"letter-{name}-{way}.png"),
                width=width,
                scheme=scheme,
            )
        yield Job(
            page=str(room / f"{name}-text.html"),
            picture=str(folder / f"letter-{name}-text.png"),
            width=680,
        )

"""Groups and synchrony are the same numbers in the report, the digest and `gaung indicators`."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from analysis.findings import FindingKind
from analysis.indicators.dials import dials
from collectors.page import page_of
from collectors.records import Author, Removal
from monitor import config
from monitor.alert import Reason
from monitor.config import Config
from monitor.coordination import stored
from monitor.coordination.stored import acted_together
from monitor.detect import detect
from monitor.digest import digest_of
from monitor.indication.indicate import indicate
from monitor.indication.stored import facts_of_store
from monitor.notify import notify
from monitor.report.compute import compute
from monitor.report.formats import as_json, as_markdown
from monitor.report.report import Report
from monitor.report.span import Span
from monitor.store import Store, StoreFile
from monitor.target import Target
from tests.monitor.test_detect_coordination import GROUP, NOW, posts

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
TARGET = Target("air", ("air",), watch="air")
SPAN = Span(NOW - DAY, NOW, HOUR)


@pytest.fixture
def settings() -> Config:
    text = {
        "timezone": "Asia/Jakarta",
        "watches": [{"name": "air", "hashtags": ["air"], "recipients": ["ana@example.go.id"]}],
        "digest": {"recipients": ["ana@example.go.id"]},
        "privacy": {"public": ["@dinasair"]},
    }
    return config.parse(text, name="test")


def filled(store: Store, *, pushed: bool) -> None:
    with store.transaction():
        named = [
            Author(author_key=f"x:{key}", platform="x", handle="dinasair" if key == "g0" else key)
            for key in GROUP
        ]
        page = page_of(posts=posts(pushed=pushed), authors=named)
        store.posts.add(page, source="x", now=NOW)


def report(store: Store, settings: Config, **more: Any) -> Report:
    return compute(store, TARGET, SPAN, config=settings, now=NOW, **more).report


def test_synchrony_is_one_number_everywhere(stores: StoreFile, settings: Config) -> None:
    with stores.open() as store:
        filled(store, pushed=True)
        rows = {row.name: row for row in report(store, settings).indicators}
        together, why = acted_together(store, TARGET, NOW - DAY, NOW)
        facts = facts_of_store(
            store, settings, TARGET, since=NOW - DAY, until=NOW, coordinated=together
        )
        told = indicate(facts, settings, "air", stored=True)
        (of_day,) = [one for one in told.indicators if one.name == "synchrony"]
        assert why == ""
        assert rows["synchrony"].value == pytest.approx(8 / 48, abs=1e-6)
        assert rows["synchrony"].value == pytest.approx(of_day.value, abs=1e-6)
        (part,) = [c for c in dials(facts).orchestration.components if c.name == "synchrony"]
        assert part.value == of_day.value
        (row,) = digest_of(store, settings, since=NOW - DAY, until=NOW).rows
        assert row.orchestration == dials(facts).orchestration.value
        assert row.orchestration_parts == (dials(facts).orchestration.known, 6)


@pytest.mark.parametrize("days", [1, 7])
def test_the_dials_of_a_report_are_those_of_its_day(
    stores: StoreFile, settings: Config, days: int
) -> None:
    with stores.open() as store:
        filled(store, pushed=True)
        span = Span(NOW - days * DAY, NOW, HOUR)
        told = compute(store, TARGET, span, config=settings, now=NOW).report
        since, until = told.dials[1].since, told.dials[1].until
        together, _ = acted_together(store, TARGET, since, until)
        facts = facts_of_store(
            store, settings, TARGET, since=since, until=until, coordinated=together
        )
        anew = dials(facts)
    assert [row.value for row in told.dials] == [anew.mobilisation.value, anew.orchestration.value]
    parts = {part.name: part.value for part in told.dial_components}
    synchrony = next(c.value for c in anew.orchestration.components if c.name == "synchrony")
    assert parts["synchrony"] == (None if synchrony is None else pytest.approx(synchrony, abs=1e-6))


def test_the_command_tells_the_same(
    gaung: Callable[..., tuple[int, str, str]], tmp_path: Path, settings: Config
) -> None:
    file = tmp_path / "config.toml"
    file.write_text(
        'timezone = "Asia/Jakarta"\n[store]\npath = "s.duckdb"\n'
        '[[watches]]\nname = "air"\nhashtags = ["air"]\n'
    )
    with StoreFile(tmp_path / "s.duckdb").open() as store:
        filled(store, pushed=True)
        rows = {row.name: row for row in report(store, settings).indicators}
        groups = report(store, settings).coordination
    span = ("--since", (NOW - DAY).isoformat(), "--until", NOW.isoformat())
    code, out, err = gaung("--config", str(file), "indicators", "air", *span, "--format", "json")
    assert code == 0, err
    told = {one["name"]: one for one in json.loads(out)["indicators"]}
    assert told["synchrony"]["value"] == pytest.approx(rows["synchrony"].value, abs=1e-6)
    code, out, err = gaung("--config", str(file), "coordination", "air", *span, "--format", "json")
    assert code == 0, err
    found = json.loads(out)["groups"]
    assert [(len(one["accounts"]), one["q"]) for one in found] == [
        (one.accounts, one.q) for one in groups
    ]


def test_the_report_shows_groups_with_two_posts_side_by_side(
    stores: StoreFile, settings: Config
) -> None:
    with stores.open() as store:
        filled(store, pushed=True)
        found = report(store, settings)
        (group,) = found.coordination
        assert (group.accounts, group.posts) == (8, 48)
        assert group.share == pytest.approx(48 / 248, abs=1e-4)
        assert group.first == "dinasair"
        first = found.coordination_shared[0]
        assert (first.first_account, first.then_account) == ("dinasair", "g1")
        assert first.then_at - first.first_at == timedelta(seconds=3)
        assert "Accounts that act together more often than chance explains" in as_markdown(found)
        assert json.loads(as_json(found))["coordination"][0]["accounts"] == 8


def test_a_redacted_report_names_public_figures_only(stores: StoreFile, settings: Config) -> None:
    from monitor.notify import naming_of

    with stores.open() as store:
        filled(store, pushed=True)
        found = report(store, settings, naming=naming_of(store, settings.privacy))
        (group,) = found.coordination
        assert group.first == "@dinasair"
        others = [name for name in group.members if name != "@dinasair"]
        assert others
        assert all(name.startswith("akun-") for name in others)


def test_nothing_beyond_chance_and_too_few_are_answers(stores: StoreFile, settings: Config) -> None:
    with stores.open() as store:
        few = compute(store, TARGET, Span(NOW - DAY, NOW, HOUR), config=settings, now=NOW).report
        assert few.coordination_note.startswith("insufficient data")
        filled(store, pushed=False)
        none = report(store, settings)
        assert none.coordination == []
        assert none.coordination_note.startswith("none beyond chance at FDR 0.01")
        assert "none beyond chance at FDR 0.01" in as_markdown(none)


def test_too_many_posts_are_said_with_the_command_to_ask(
    stores: StoreFile, settings: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    with stores.open() as store:
        filled(store, pushed=True)
        monkeypatch.setattr(stored.looked, "__kwdefaults__", {"most": 100})
        found = report(store, settings)
        assert found.coordination_note == (
            'not computed: 248 posts are more than 100; ask `gaung coordination "air"`'
        )
        (row,) = [one for one in found.indicators if one.name == "synchrony"]
        assert row.value is None


def test_a_letter_and_the_digest_tell_the_groups(stores: StoreFile, settings: Config) -> None:
    with stores.open() as store:
        filled(store, pushed=True)
        with store.transaction():
            found = detect(store, settings, now=NOW)
            decisions = notify(store, settings, found, now=NOW)
        (told,) = [d for d in decisions if d.finding.kind is FindingKind.COORDINATION]
        assert told.reason is Reason.FIRST
        body = store.database.value("select body_text from outbox")
        assert "8 akun dengan 48 unggahan" in body or "8 accounts with 48 posts" in body
        assert "@dinasair" in body
        assert "g1" not in body.split()
        assert "tuntut 0 janji pipa baru" in body
        digest = digest_of(store, settings, since=NOW - DAY, until=NOW + HOUR)
        ((finding, groups),) = digest.groups
        assert finding.evidence["accounts"] == groups[0].accounts == 8


def test_a_post_that_was_deleted_since_is_in_no_letter(stores: StoreFile, settings: Config) -> None:
    with stores.open() as store:
        filled(store, pushed=True)
        with store.transaction():
            detect(store, settings, now=NOW)
            gone = Removal(kind="author", key="x:g0", reason="deleted", removed_at=NOW)
            store.posts.add(page_of(removals=[gone]), source="x", now=NOW)
            found = store.findings.between(watch="air")
            (told,) = [one for one in found if one.kind is FindingKind.COORDINATION]
            from monitor.coordination.telling import groups_of
            from monitor.notify import naming_of

            (group,) = groups_of(store, told, naming_of(store, settings.privacy))
            assert group.pushed[0].shown[0].text is None
            assert group.pushed[0].shown[1].text is not None

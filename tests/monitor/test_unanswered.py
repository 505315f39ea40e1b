"""What cannot be asked about is shown wherever the state is shown."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from monitor import clock, config, wiring
from monitor.checks import check
from monitor.cli import main
from monitor.metrics import as_text, metrics_of
from monitor.status import status_of

CONFIG = """
[collectors.mastodon]
servers = ["http://127.0.0.1:1"]

[[watches]]
name = "air-bersih"
hashtags = ["airbersih"]
sources = ["mastodon"]
"""
SOURCE = "mastodon/127.0.0.1:1"
WHY = "GET /api/v1/statuses/7/context answered 500"


@pytest.fixture
def app(stores, tmp_path, monkeypatch):
    """A source whose polls go well, whose check fails, and that stumbles over two posts."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "config.toml").write_text(CONFIG)
    now = clock.now() - timedelta(minutes=5)
    with stores.open() as store, store.transaction():
        run = store.runs.start("poll", SOURCE, now=now, hashtag="airbersih")
        store.runs.finish(run, "complete", now=now)
        for task, verdict, detail in (
            ("expand", "partial", "2 posts could not be asked about"),
            ("check", "failed", "5 posts in a row could not be asked about: 405"),
        ):
            run = store.runs.start(task, SOURCE, now=now)
            store.runs.finish(run, verdict, now=now, detail=detail)
        store.unanswered.note(
            "expand", SOURCE, {"mastodon:7": WHY, "mastodon:8": WHY}, is_certain=True, now=now
        )
        store.unanswered.note("check", SOURCE, {"mastodon:9": WHY}, is_certain=False, now=now)
    built = wiring.build(config.load(tmp_path / "config.toml"))
    return wiring.App(config=built.config, stores=built.stores, sleep=lambda _: None)


def test_status_shows_the_looks_at_posts_and_what_could_not_be_asked_about(app, capsys):
    state = status_of(app, now=clock.now())
    assert [(run["task"], run["verdict"]) for run in state["runs"]] == [
        ("poll", "complete"),
        ("expand", "partial"),
        ("check", "failed"),
    ]
    (row,) = state["unanswered"]
    assert (row["source"], row["task"], row["posts"], row["why"]) == (SOURCE, "expand", 2, WHY)
    told = [problem for problem in state["problems"] if "what became of posts" in problem]
    assert told == [
        f"{SOURCE}, what became of posts: last run failed: "
        "5 posts in a row could not be asked about: 405"
    ]
    with pytest.raises(SystemExit, match="1"):
        main(["status"])
    shown = capsys.readouterr().out
    assert "Posts that cannot be asked about" in shown
    assert "who passed posts on" in shown
    with pytest.raises(SystemExit, match="1"):
        main(["status", "--json"])
    assert json.loads(capsys.readouterr().out)["unanswered"][0]["posts"] == 2


def test_metrics_tell_them_apart_from_hashtags_that_fail(app):
    lines = as_text(metrics_of(status_of(app, now=clock.now()))).splitlines()
    labels = f'source="{SOURCE}"'
    assert f"gaung_source_failing_hashtags{{{labels}}} 0" in lines
    assert f'gaung_source_look_failing{{{labels},task="expand"}} 0' in lines
    assert f'gaung_source_look_failing{{{labels},task="check"}} 1' in lines
    assert f'gaung_source_unanswered_posts{{{labels},task="expand"}} 2' in lines
    assert not [line for line in lines if "unanswered" in line and "check" in line]


def test_a_check_shows_them_beside_the_source(app):
    found = {result.subject: result for result in check(app)}
    stumbles = found[f"{SOURCE}, who passed posts on"]
    assert (stumbles.summary, stumbles.remedy) == (
        f"2 posts cannot be asked about, to be tried again: {WHY}",
        None,
    )
    fails = found[f"{SOURCE}, what became of posts"]
    assert "405" in fails.summary
    assert fails.remedy is not None


def test_posts_that_are_too_old_to_be_asked_about_are_not_told_for_ever(app):
    assert not status_of(app, now=clock.now() + timedelta(days=3))["unanswered"]

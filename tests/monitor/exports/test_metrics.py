"""Numbers for Prometheus: named by its conventions, read back by its rules, nothing made up."""

from __future__ import annotations

import json
import re
import stat
from datetime import timedelta

import pytest

from monitor import clock, config, wiring
from monitor.metrics import Metric, as_text, metrics_of
from monitor.status import status_of
from tests.builders import NOON
from tests.monitor.exports.stored import CONFIG, filled

_LINE = re.compile(
    r'([a-z_]+)(?:\{((?:[a-z_]+="(?:[^"\\]|\\["\\n])*",?)*)\})? (-?\d+(?:\.\d+)?(?:e[+-]\d+)?)'
)
_UNITS = ("_seconds", "_ratio", "_total")


def read(text):
    """Read the exposition format: name → (type, {labels: value})."""
    found, kinds, told = {}, {}, set()
    for line in text.removesuffix("\n").split("\n"):
        if line.startswith("# HELP "):
            name = line.split(" ")[2]
            assert name not in told, "a family stands in one place"
            told.add(name)
        elif line.startswith("# TYPE "):
            _, _, name, kind = line.split(" ")
            assert kind in ("gauge", "counter")
            kinds[name] = kind
        else:
            match = _LINE.fullmatch(line)
            assert match, line
            assert match[1] in kinds
            found.setdefault(match[1], {})[match[2] or ""] = float(match[3])
    assert set(found) == told == set(kinds)
    return kinds, found


@pytest.fixture
def app(stores, tmp_path, monkeypatch):
    """A filled store with a run that went well, one that failed, and a burst that goes on."""
    filled(stores)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "config.toml").write_text(CONFIG)
    with stores.open() as store, store.transaction():
        for source, verdict in (("mastodon/a.example", "complete"), ("bluesky", "failed")):
            run = store.runs.start("poll", source, now=NOON, hashtag="airbersih")
            store.runs.finish(run, verdict, now=NOON + timedelta(minutes=1))
        store.coverage.want("mastodon/a.example", "airbersih", since=NOON - timedelta(days=7))
    return wiring.build(config.load(tmp_path / "config.toml"))


def test_each_line_is_what_prometheus_reads(app):
    kinds, found = read(as_text(metrics_of(status_of(app, now=NOON + timedelta(minutes=30)))))
    assert found["gaung_posts"][""] == 59
    assert found["gaung_daemon_up"][""] == 0
    name = 'watch="air-bersih"'
    assert found["gaung_watch_posts_last_hour"][name] == 30
    assert found["gaung_watch_open_bursts"][name] == 0
    assert found["gaung_watch_coverage_ratio"][name] == 0
    assert found["gaung_source_last_success_timestamp_seconds"] == {
        'source="mastodon/a.example"': (NOON + timedelta(minutes=1)).timestamp()
    }
    assert found["gaung_source_failing_hashtags"]['source="bluesky"'] == 1
    assert found["gaung_outbox_letters"] == {
        'state="waiting"': 0, 'state="sent"': 0, 'state="dead"': 0,
    }  # fmt: skip
    assert found["gaung_daemon_heartbeat_timestamp_seconds"][""] == 1772366460
    assert found["gaung_problems"][""] >= 2
    assert all(name.startswith("gaung_") for name in found)
    for name, kind in kinds.items():
        assert name.endswith("_total") == (kind == "counter")
        assert ("timestamp" in name) == name.endswith("_timestamp_seconds")


def test_hostile_labels_are_escaped():
    metric = Metric("gaung_x", "x", "gauge", (((("source", 'a"b\\c\nd'),), 1.5),))
    _, found = read(as_text([metric]))
    assert found == {"gaung_x": {'source="a\\"b\\\\c\\nd"': 1.5}}


def test_what_is_unknown_has_no_line(app, stores):
    # In an hour in which nobody looked, there is no number of posts.
    _, found = read(as_text(metrics_of(status_of(app, now=NOON + timedelta(days=3)))))
    assert "gaung_watch_posts_last_hour" not in found
    assert "gaung_outbox_last_sent_timestamp_seconds" not in found


def test_without_a_store_the_daemon_is_told_all_the_same(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "config.toml").write_text(CONFIG)
    app = wiring.build(config.load(tmp_path / "config.toml"))
    _, found = read(as_text(metrics_of(status_of(app, now=NOON))))
    assert found["gaung_daemon_up"][""] == 0
    assert "gaung_posts" not in found
    assert "gaung_watch_posts_last_week" not in found


def test_the_file_is_replaced_whole_and_others_may_read_it(app, gaung, tmp_path):
    (tmp_path / "gaung.prom").write_text("old")
    assert gaung("metrics", "-o", "gaung.prom") == (0, "", "")
    read((tmp_path / "gaung.prom").read_text())
    assert stat.S_IMODE((tmp_path / "gaung.prom").stat().st_mode) == 0o644
    assert [file.name for file in tmp_path.glob(".gaung*")] == []
    code, _, err = gaung("metrics", "-o", "tidak/ada.prom")
    assert code == 1
    assert "cannot be written" in err


def test_status_says_all_that_metrics_say(app, gaung):
    code, out, _ = gaung("status", "--format", "json")
    told = json.loads(out)
    assert code == 1
    assert told == json.loads(gaung("status", "--json")[1]) | {"at": told["at"]}
    assert told["sources"][1]["source"] == "mastodon/a.example"
    assert told["watches"][0]["open_bursts"] == 0
    assert told["watches"][0]["posts"] is None or clock.now() < NOON + timedelta(days=7)

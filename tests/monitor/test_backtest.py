"""`gaung backtest`: what would have been told of a series, and of what is stored."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from click.testing import CliRunner

from collectors.page import page_of
from monitor.backtest.replay import replay
from monitor.backtest.series import read_series, score_series, usual_step
from monitor.cli import cli
from monitor.config import AlertSettings, Config
from monitor.errors import OperatorError
from monitor.measure import measure
from monitor.sensitivity import SENSITIVITIES, least_score
from monitor.target import Target
from tests.builders import HOUR, NOON, make_author, make_post

START = datetime(2026, 1, 5, tzinfo=UTC)
ZONE = Config().zone


def series(tmp_path, *, days=8, burst=True, zone="", header="timestamp,value"):
    rng = np.random.default_rng(4)
    counts = rng.poisson(6, days * 288).astype(float)
    if burst:
        counts[6 * 288 : 6 * 288 + 12] += 90
    path = tmp_path / "counts.csv"
    rows = [
        f"{START + n * timedelta(minutes=5):%Y-%m-%d %H:%M:%S}{zone},{count:g}"
        for n, count in enumerate(counts)
    ]
    path.write_text("\n".join([header, *rows]) + "\n")
    return path


def run(*args):
    return CliRunner().invoke(cli, ["backtest", *map(str, args)])


def test_a_series_comes_out_line_by_line_with_its_alerts(tmp_path):
    path = series(tmp_path)
    result = run("--series", path, "--window", "5m", "--format", "csv")
    assert result.exit_code == 0, result.output
    rows = list(csv.DictReader(io.StringIO(result.stdout)))
    assert list(rows[0]) == ["timestamp", "value", "expected", "score", "alert"]
    written = [line.split(",") for line in path.read_text().splitlines()[1:]]
    assert [[row["timestamp"], row["value"]] for row in rows] == written
    told = [n for n, row in enumerate(rows) if row["alert"] == "1"]
    assert told
    assert 6 * 288 <= told[0] < 6 * 288 + 3
    assert all(0 <= float(row["score"]) <= 1 for row in rows)
    assert all((float(row["score"]) >= 0.5) == (row["alert"] == "1") for row in rows)
    assert float(rows[1000]["expected"]) == pytest.approx(6, rel=0.4)


def test_json_and_table_tell_the_same(tmp_path):
    path = series(tmp_path)
    rows = json.loads(run("--series", path, "--format", "json").stdout)["points"]
    alerts = [row for row in rows if row["alert"]]
    table = run("--series", path).stdout
    assert f"{len(rows):,} points of 0:05:00, 0 gaps, {len(alerts)} alerts" in table
    assert alerts[0]["timestamp"] in table


def test_the_keener_the_more_is_told(tmp_path):
    path = series(tmp_path)
    told = {}
    for name in SENSITIVITIES:
        scored = json.loads(run("--series", path, "--sensitivity", name, "--format", "json").stdout)
        told[name] = sum(row["alert"] for row in scored["points"])
    assert told["calm"] <= told["balanced"] <= told["keen"]
    assert told["calm"] > 0


def test_an_empty_value_and_a_missing_line_are_gaps_and_not_zeros(tmp_path):
    lines = series(tmp_path, burst=False).read_text().splitlines()
    lines[1500] = lines[1500].split(",")[0] + ","
    del lines[1600:1700]
    path = tmp_path / "holes.csv"
    path.write_text("\n".join(lines))
    points, aside = read_series(path, zone=ZONE)
    assert not aside
    scored = score_series(
        points, window=timedelta(minutes=5), zone=ZONE, least=least_score("balanced")
    )
    assert len(scored) == len(points) == 8 * 288 - 100
    assert (scored[1499].score, scored[1499].alert) == (None, False)
    after = [one.expected for one in scored[1605:1700]]
    assert min(after) > 3  # a hole of eight hours did not drag it down


def test_what_cannot_be_read_is_told_with_its_line_and_the_rest_is_scored(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(
        "value,Timestamp\n3,2026-01-05 00:00\nbanyak,2026-01-05 01:00\n4,kemarin\n"
        "-1,2026-01-05\n5\n6,2026-01-05 02:00\n"
    )
    result = run("--series", path, "--format", "csv")
    assert result.exit_code == 0
    assert len(result.stdout.splitlines()) == 3
    for words in (
        "line 3, value: 'banyak' is no number",
        "line 4, timestamp: 'kemarin' is no ISO time",
        "line 5, value: '-1' is no count",
        "line 6, timestamp,value: too few cells",
    ):
        assert words in result.stderr


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("when,howmany\n1,2\n", "no column of times (columns: when, howmany)"),
        ("timestamp,howmany\n1,2\n", "no column of counts"),
        ("", "no column of times (columns: none)"),
        ("timestamp,value\n2026-01-05,1\n", "one point is no series"),
    ],
)
def test_a_file_that_is_no_series_is_refused_in_words(tmp_path, content, says):
    path = tmp_path / "a.csv"
    path.write_text(content)
    with pytest.raises(OperatorError) as caught:
        usual_step(read_series(path, zone=ZONE)[0])
    assert says in str(caught.value)


def test_a_window_too_short_for_the_series_is_refused(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("timestamp,value\n2001-01-01,1\n2026-01-01,2\n")
    points, _ = read_series(path, zone=ZONE)
    with pytest.raises(OperatorError, match="say a longer --window"):
        score_series(points, window=timedelta(minutes=1), zone=ZONE, least=0.5)


def test_a_target_or_a_series_must_be_named(tmp_path):
    assert run().exit_code == 2
    assert run("air", "--series", series(tmp_path, days=3)).exit_code == 2


def test_a_stored_burst_is_replayed_with_when_it_would_have_been_told(stores):
    rng = np.random.default_rng(1)
    posts, authors = [], []
    for hour in range(-24 * 20, 0):
        extra = 40 if -24 <= hour < -20 else 0
        for n in range(int(rng.poisson(3)) + extra):
            name = f"mastodon:@akun{rng.integers(500)}@contoh.example"
            at = NOON + hour * HOUR + n * timedelta(seconds=60)
            posts.append(make_post(len(posts), author_key=name, created_at=at))
            authors.append(make_author(name))
    with stores.open() as store, store.transaction():
        store.posts.add(page_of(posts=posts, authors=authors), source="import/csv", now=NOON)
    alerts = AlertSettings()
    since = NOON - timedelta(days=14)
    with stores.open(read_only=True) as store:
        measured = measure(
            store,
            Target("#airbersih", ("airbersih",)),
            since=since,
            until=NOON,
            window=HOUR,
            zone=ZONE,
            alerts=alerts,
        )
    told = replay(measured, alerts=alerts, window=HOUR, since=since)
    balanced = [one for one in told if one.sensitivity == "balanced"]
    assert len(balanced) == 1
    (one,) = balanced
    assert one.onset == NOON - 24 * HOUR
    assert NOON - 23 * HOUR <= one.told_at <= NOON - 21 * HOUR
    assert one.end is not None
    assert one.posts > 150 > one.expected
    counts = [sum(t.sensitivity == name for t in told) for name in SENSITIVITIES]
    assert counts == sorted(counts)


def test_the_ending_of_the_file_says_how_to_write_it(gaung, tmp_path):
    rows = "\n".join(f"2025-02-{1 + n // 24:02d}T{n % 24:02d}:00:00Z,{n % 5}" for n in range(240))
    (tmp_path / "counts.csv").write_text(f"timestamp,value\n{rows}\n")
    assert gaung("backtest", "--series", "counts.csv", "-o", "scored.csv")[0] == 0
    assert (tmp_path / "scored.csv").read_text().startswith("timestamp,value,expected,score")
    code, _, err = gaung("backtest", "--series", "counts.csv", "-o", "scored.xlsx")
    assert (code, "written as csv, json or a table" in err) == (2, True)

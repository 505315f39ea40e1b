from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from monitor import config
from monitor.errors import ConfigError

WATCH = {"name": "air", "hashtags": ["#AirBersih"]}


def test_durations_and_times_are_read_as_people_write_them():
    raw = {"watches": [WATCH | {"every": "10m", "backfill": "2w"}], "digest": {"at": "06:30"}}
    read = config.parse(raw, name="config.toml")
    assert read.watches[0].every == timedelta(minutes=10)
    assert read.watches[0].backfill == timedelta(days=14)
    assert read.watches[0].tags == ("airbersih",)
    assert read.digest.at == time(6, 30)


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        ({"watches": [WATCH | {"hashtag": "x"}]}, r"watches\[0\].hashtag: unknown key.*hashtags"),
        ({"alert": {}}, r"config.toml: alert: unknown key; did you mean `alerts`\?"),
        ({"mail": {"prt": 1}}, r"mail.prt: unknown key; did you mean `port`\?"),
        ({"collectors": {"mastodon": {"server": "x"}}}, r"collectors.mastodon.server: unknown key"),
        ({"collectors": {"mastodn": {}}}, "collectors.mastodn: unknown key.*mastodon"),
        ({"timezone": "Asia/Jakart"}, "timezone: there is no time zone 'Asia/Jakart'"),
        ({"timezone": "../etc/passwd"}, "timezone: there is no time zone"),
        ({"watches": [WATCH | {"every": "10 minutes"}]}, r"watches\[0\].every: is no duration"),
        ({"watches": [WATCH | {"every": "30s"}]}, "at least 1m"),
        ({"watches": [{"name": "a"}]}, r"watches\[0\]: the key `hashtags` is missing"),
        ({"watches": [WATCH, WATCH]}, r"watches\[1\].name: there are two"),
        ({"watches": [WATCH | {"hashtags": ["#2024"]}]}, "'#2024' is no hashtag"),
        ({"watches": [WATCH | {"sources": ["twiter"]}]}, "there is no source 'twiter': there is "),
        ({"mail": {"server": "a"}}, "mail.sender: the key is missing"),
        ({"mail": {"port": "25"}}, "mail.port: expected `int`, got `str`"),
        ({"folder": "/"}, "folder: unknown key"),
    ],
)
def test_each_mistake_is_named_with_its_key(raw, message):
    with pytest.raises(ConfigError, match=message):
        config.parse(raw, name="config.toml")


def test_broken_toml_is_named_with_its_line(tmp_path):
    path = tmp_path / "config.toml"
    path.write_text("[store\npath = 1")
    with pytest.raises(ConfigError, match=r"config.toml: is not valid TOML: .*line 1"):
        config.load(path)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("7d", datetime(2026, 2, 22, 12, tzinfo=UTC)),
        ("36h", datetime(2026, 2, 28, 0, tzinfo=UTC)),
        ("2026-02-22", datetime(2026, 2, 21, 17, tzinfo=UTC)),
        ("2026-02-22T07:00", datetime(2026, 2, 22, 0, tzinfo=UTC)),
        ("2026-02-22T07:00Z", datetime(2026, 2, 22, 7, tzinfo=UTC)),
    ],
)
def test_times_are_read_in_the_zone_unless_they_say_theirs(text, expected):
    now = datetime(2026, 3, 1, 12, tzinfo=UTC)
    assert config.parse_time(text, now=now, zone=ZoneInfo("Asia/Jakarta")) == expected


def test_what_is_no_time_says_what_may_be_written():
    now = datetime(2026, 3, 1, tzinfo=UTC)
    with pytest.raises(ValueError, match="write 7d, 36h"):
        config.parse_time("last week", now=now, zone=ZoneInfo("UTC"))


def test_a_watch_may_be_keener_or_calmer_than_the_rest() -> None:
    read = config.parse(
        {
            "alerts": {"sensitivity": "calm"},
            "watches": [
                {"name": "a", "hashtags": ["x"]},
                {"name": "b", "hashtags": ["y"], "sensitivity": "keen"},
            ],
        },
        name="config.toml",
    )
    scores = [read.alerts_of(name).least_score for name in ("a", "b", None)]
    assert scores == [4.1 * 1.25, 4.1 * 0.8, 4.1 * 1.25]


def test_a_sensitivity_that_is_none_is_refused() -> None:
    with pytest.raises(ConfigError, match="sensitivity"):
        config.parse({"alerts": {"sensitivity": "loud"}}, name="config.toml")

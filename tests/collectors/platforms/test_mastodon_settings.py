from __future__ import annotations

from typing import Any

import httpx
import msgspec
import pytest

from collectors.collector import SourceReport
from collectors.platforms.mastodon import Settings
from collectors.registry import collectors_for
from tests.collectors.servers import NOON, PAYLOADS, Script, make_collector


def read(**written: Any) -> Settings:
    return msgspec.convert(written, Settings)


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ({"servers": []}, "servers is empty"),
        ({"servers": ["http://a.example"]}, "not encrypted: write https://"),
        ({"servers": ["https://a.example/about"]}, "not the name of a server"),
        ({"servers": ["user:pw@a.example"]}, "not the name of a server"),
        ({"servers": ["ftp://a.example"]}, "not the name of a server"),
        ({"servers": ["a.example", "https://A.example/"]}, "names a server twice"),
        ({"servers": ["a.example", "b.example"], "token_env": "T"}, "say which server it is for"),
        ({"servers": ["a.example"], "token_env": {"b.example": "T"}}, "not among the servers"),
        ({"servers": ["a.example"], "page_size": 80}, "page_size"),
        ({"servers": ["a.example"], "seconds_between_requests": -1}, "seconds_between_requests"),
        ({"server": ["a.example"]}, "unknown field `server`"),
    ],
)
def test_a_setting_that_cannot_work_is_refused_in_words(
    written: dict[str, Any], words: str
) -> None:
    with pytest.raises(msgspec.ValidationError, match=words):
        read(**written)


@pytest.mark.parametrize(
    "server", ["http://127.0.0.1:3010", "http://localhost:3000/", "http://[::1]:3000"]
)
def test_a_server_on_this_machine_may_be_asked_without_encryption(server: str) -> None:
    assert read(servers=[server]).servers == (server,)


def test_each_server_gets_its_own_token_and_no_other() -> None:
    script = Script(httpx.Response(200, json={"version": "4.6.4"}))
    collectors = collectors_for(
        "mastodon",
        read(servers=["a.example", "B.example:8443"], token_env={"b.example:8443": "TOKEN_B"}),
        secret={"TOKEN_B": "s3cret"}.__getitem__,
        user_agent="gaung/test",
        now=lambda: NOON,
        sleep=lambda _: None,
        transport=httpx.MockTransport(script),
    )
    for collector in collectors:
        collector.check()
        collector.close()
    assert [collector.source for collector in collectors] == [
        "mastodon/a.example",
        "mastodon/b.example:8443",
    ]
    assert [
        (request.url.host, request.headers.get("authorization")) for request in script.requests
    ] == [
        ("a.example", None),
        ("b.example", "Bearer s3cret"),
        ("b.example", "Bearer s3cret"),
    ]


@pytest.mark.parametrize(("setting", "expected"), [(None, 2.5), (0.0, None)])
def test_the_pause_between_requests_is_the_setting_unless_the_caller_knows_better(
    setting: float | None, expected: float | None
) -> None:
    sleeps: list[float] = []
    (collector,) = collectors_for(
        "mastodon",
        read(servers=["a.example"], seconds_between_requests=2.5),
        secret=str,
        user_agent="gaung/test",
        now=lambda: NOON,
        sleep=sleeps.append,
        min_interval=setting,
        transport=httpx.MockTransport(Script(httpx.Response(200, json={"version": "4"}))),
    )
    collector.check()
    collector.check()
    collector.close()
    assert sleeps == ([] if expected is None else [pytest.approx(expected, abs=0.5)])


def check(*answers: httpx.Response | Exception, token: str | None = None) -> SourceReport:
    collector = make_collector(Script(*answers), token=token)
    report = collector.check()
    collector.close()
    return report


def document(name: str) -> httpx.Response:
    return httpx.Response(200, content=(PAYLOADS / name).read_bytes())


def test_a_check_tells_the_software_and_to_whom_hashtags_are_shown() -> None:
    report = check(document("instance_v2.json"))
    assert report.summary == "a.example, Mastodon 4.6.4, hashtag timelines public"
    assert report.remedy is None


def test_a_check_of_other_software_reads_the_older_document() -> None:
    report = check(httpx.Response(404), document("instance_v1.json"))
    assert report.summary == "a.example, Pleroma 2.9.1, hashtag timelines not declared"
    assert report.remedy is None


def test_a_check_tells_that_the_token_is_wrong() -> None:
    wrong = httpx.Response(401, json={"error": "The access token is invalid"})
    report = check(document("instance_v2.json"), wrong, token="s3cret")
    assert "The access token is invalid" in report.summary
    assert report.remedy == "check the token that collectors.mastodon.token_env names"
    assert "s3cret" not in repr(report)


@pytest.mark.parametrize(
    ("access", "token", "remedy"),
    [
        ("authenticated", None, "set collectors.mastodon.token_env"),
        ("authenticated", "s3cret", None),
        ("disabled", "s3cret", "ask another server than a.example"),
    ],
)
def test_a_check_tells_what_to_do_about_hidden_timelines(
    access: str, token: str | None, remedy: str | None
) -> None:
    feeds = {"hashtag_feeds": {"local": access, "remote": access}}
    instance = {"version": "4.6.4", "configuration": {"timelines_access": feeds}}
    report = check(httpx.Response(200, json=instance), token=token)
    assert f"hashtag timelines {access}" in report.summary
    assert (report.remedy or "").startswith(remedy or "")
    assert (report.remedy is None) == (remedy is None)

"""The demo's campaign has what it plants, and its server pages like Mastodon."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import httpx
import pytest

from monitor.demo.campaign import campaign
from monitor.demo.mastodon_server import MastodonServer
from monitor.demo.records import Campaign
from monitor.demo.run import turn_times

_TIMELINE = "/api/v1/timelines/tag/jembatanraya"


@pytest.fixture(scope="module")
def made() -> Campaign:
    return campaign()


# --- the campaign ---------------------------------------------------------------------------------


def test_the_same_seed_gives_the_same_campaign_on_every_python(made: Campaign) -> None:
    lines = [f"{s.id} {s.author.acct} {s.text} {s.link}" for s in made.statuses]
    lines += [f"{b.id} {b.author.acct} {b.status.id}" for b in made.boosts]
    digest = hashlib.sha256("\n".join(lines).encode()).hexdigest()
    assert digest == "717607e488f32c12843002400b6f6862a25538b3dfa120ebeec8ebcec0f44af6"
    assert campaign(7).statuses != made.statuses


def test_ids_are_unique_and_hold_the_time_of_each_post(made: Campaign) -> None:
    ids = [record.id for record in (*made.statuses, *made.boosts)]
    assert len(set(ids)) == len(ids)
    assert all(
        datetime.fromtimestamp((status.id >> 16) / 1000, UTC) == status.created_at
        for status in made.statuses
    )


def test_all_accounts_and_links_are_of_names_that_nobody_can_own(made: Campaign) -> None:
    assert all(account.server.endswith(".example") for account in made.accounts)
    links = {status.link for status in made.statuses if status.link}
    assert all(link.split("/")[2].endswith(".example") for link in links)


def test_people_sleep_at_night_and_workers_talk_less_at_weekends(made: Campaign) -> None:
    local = [
        (s.author.community, s.created_at.astimezone(made.start.tzinfo)) for s in made.statuses
    ]
    hours = Counter(at.hour for _, at in local)
    assert sum(hours[h] for h in range(2, 5)) * 5 < sum(hours[h] for h in range(19, 22))
    workers = Counter(at.weekday() >= 5 for name, at in local if name == "workers" and at.day < 27)
    assert workers[True] / 2 < 0.8 * workers[False] / 6  # posts per day


def test_the_group_writes_the_same_within_a_minute(made: Campaign) -> None:
    group = {account.number for account in made.planted.group}
    pushed = [s for s in made.statuses if s.author.number in group]
    assert len(pushed) == made.planted.push_posts
    together = [s for s in pushed if s.created_at - pushed[0].created_at < timedelta(minutes=1)]
    assert len({s.author.number for s in together}) >= 8
    assert len({s.text.rstrip("!✊ ") for s in together}) == 1


def test_the_surge_has_many_authors_and_hardly_two_equal_texts(made: Campaign) -> None:
    planted = made.planted
    assert planted.surge_authors > 0.8 * planted.surge_posts
    group = {account.number for account in planted.group}
    surged = [
        s
        for s in made.statuses
        if planted.surge_from <= s.created_at <= planted.surge_until and s.reply_to is None
    ]
    assert len({s.text for s in surged}) > 0.95 * len(surged)
    assert not group & {s.author.number for s in surged}


def test_what_was_posted_in_the_outage_is_lost(made: Campaign) -> None:
    planted = made.planted
    assert planted.lost > 30
    times = [record.created_at for record in (*made.statuses, *made.boosts)]
    assert not any(planted.outage_from <= at < planted.outage_until for at in times)


# --- the server -----------------------------------------------------------------------------------


@pytest.fixture
def server(made: Campaign) -> Iterator[MastodonServer]:
    with MastodonServer(made) as server:
        server.now = made.start + timedelta(days=2, hours=12)
        yield server


@pytest.fixture
def client(server: MastodonServer) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.url) as client:
        yield client


def test_the_pages_of_a_hashtag_give_every_post_that_exists_by_now_once(
    server: MastodonServer, client: httpx.Client, made: Campaign
) -> None:
    seen: list[str] = []
    answer = client.get(_TIMELINE, params={"limit": 40})
    while rows := answer.json():
        assert len(rows) <= 40
        seen += [row["id"] for row in rows]
        answer = client.get(answer.links["next"]["url"])
    assert "link" not in answer.headers
    assert seen == [str(s.id) for s in reversed(made.statuses) if s.created_at <= server.now]


def test_a_page_can_be_asked_for_from_either_end(client: httpx.Client) -> None:
    ids = [row["id"] for row in client.get(_TIMELINE, params={"limit": 40}).json()]
    newer = client.get(_TIMELINE, params={"limit": 5, "min_id": ids[20]}).json()
    assert [row["id"] for row in newer] == ids[15:20]
    newest = client.get(_TIMELINE, params={"limit": 5, "since_id": ids[20]}).json()
    assert [row["id"] for row in newest] == ids[:5]
    assert len(client.get(_TIMELINE, params={"limit": 500}).json()) == 40


def test_counts_grow_with_simulated_time(
    server: MastodonServer, client: httpx.Client, made: Campaign
) -> None:
    status = Counter(boost.status for boost in made.boosts).most_common(1)[0][0]
    total = sum(boost.status is status for boost in made.boosts)
    path = f"/api/v1/statuses/{status.id}"
    server.now = status.created_at - timedelta(seconds=1)
    assert client.get(path).status_code == 404
    server.now = status.created_at
    assert client.get(path).json()["reblogs_count"] == 0
    server.now = made.end
    assert client.get(path).json()["reblogs_count"] == total


def test_boosters_come_in_pages_that_name_the_ids_of_boosts(
    server: MastodonServer, client: httpx.Client, made: Campaign
) -> None:
    server.now = made.end
    status = Counter(boost.status for boost in made.boosts).most_common(1)[0][0]
    boosts = [boost for boost in reversed(made.boosts) if boost.status is status]
    answer = client.get(f"/api/v1/statuses/{status.id}/reblogged_by", params={"limit": 2})
    assert [row["acct"] for row in answer.json()] == [boost.author.acct for boost in boosts[:2]]
    assert f"max_id={boosts[1].id}" in answer.links["next"]["url"]
    assert f"since_id={boosts[0].id}" in answer.links["prev"]["url"]


def test_in_the_outage_everything_is_refused(
    server: MastodonServer, client: httpx.Client, made: Campaign
) -> None:
    server.now = made.planted.outage_from
    assert client.get(_TIMELINE).status_code == 503
    server.now = made.planted.outage_until
    assert client.get(_TIMELINE).status_code == 200


def test_the_rate_limit_is_that_of_a_real_server(
    server: MastodonServer, client: httpx.Client
) -> None:
    assert client.get("/api/v2/instance").headers["X-RateLimit-Remaining"] == "299"
    answers = [client.get("/api/v2/instance").status_code for _ in range(300)]
    assert answers == [200] * 299 + [429]
    server.now += timedelta(minutes=5)
    assert client.get("/api/v2/instance").status_code == 200


# --- the turns ------------------------------------------------------------------------------------


def test_turns_come_every_few_hours_and_always_after_seven(made: Campaign) -> None:
    turns = list(turn_times(made))
    assert max(later - sooner for sooner, later in pairwise(turns)) <= timedelta(hours=8)
    mornings = {
        at.astimezone(made.start.tzinfo).date() for at in turns if (at.hour, at.minute) == (0, 5)
    }
    assert len(mornings) == 14

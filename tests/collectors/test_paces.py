from __future__ import annotations

import threading
from datetime import timedelta

import httpx
import pytest

from collectors.errors import RateLimitedError, SourceUnavailableError
from collectors.paces import Breaker, Pace, Paces
from tests.collectors.servers import NOON, Patience, Script, make_client

OK = httpx.Response(200, json=[1])
BROKEN = httpx.Response(503)


def test_clients_of_one_host_share_its_turns() -> None:
    patience, script = Patience(), Script(OK)
    pace = Pace(monotonic=patience.monotonic, chance=lambda: 0.0)
    clients = [
        make_client(script, pace=pace, sleep=patience.sleep, min_interval=2.0) for _ in range(3)
    ]
    for client in clients:
        client.get_json("/api")
        client.close()
    assert patience.sleeps == [2.0, 2.0]


def test_an_idle_hour_saves_up_no_burst() -> None:
    patience = Patience()
    pace = Pace(monotonic=patience.monotonic, chance=lambda: 0.0)
    pace.next_turn(1.0)
    patience.seconds += 3600
    assert [pace.next_turn(1.0) for _ in range(3)] == [0.0, 1.0, 2.0]


def test_waits_are_spread_but_never_shorter_than_the_distance() -> None:
    waits = []
    for chance in (0.0, 0.5, 0.999):
        pace = Pace(monotonic=lambda: 0.0, chance=lambda chance=chance: chance)  # type: ignore[misc]
        pace.next_turn(10.0)
        waits.append(pace.next_turn(10.0))
    assert waits == [10.0, 11.0, pytest.approx(11.998)]


def test_threads_get_different_turns() -> None:
    pace = Pace(monotonic=lambda: 0.0, chance=lambda: 0.0)
    turns: list[float] = []
    threads = [
        threading.Thread(target=lambda: turns.append(pace.next_turn(1.0))) for _ in range(20)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(turns) == [float(n) for n in range(20)]


def test_a_refused_client_keeps_the_others_of_its_host_from_asking() -> None:
    script = Script(httpx.Response(429, headers={"Retry-After": "90"}), OK)
    pace = Pace()
    first, second = make_client(script, pace=pace), make_client(script, pace=pace)
    for client in (first, second):
        with pytest.raises(RateLimitedError) as caught:
            client.get_json("/api")
        assert caught.value.retry_at == NOON + timedelta(seconds=90)
        client.close()
    assert len(script.requests) == 1


def test_a_clock_set_back_does_not_block_a_host_for_days() -> None:
    pace = Pace()
    pace.block(NOON + timedelta(hours=1))
    assert pace.blocked_until(NOON) is not None
    assert pace.blocked_until(NOON - timedelta(days=3)) is None


def test_a_host_that_keeps_failing_is_left_alone_then_tried_once() -> None:
    moment, script = [NOON], Script(BROKEN)
    client = make_client(script, now=lambda: moment[0])
    for _ in range(5):
        with pytest.raises(SourceUnavailableError):
            client.get_json("/api")
    assert len(script.requests) == 3 * 3  # three questions with three attempts, then none
    with pytest.raises(SourceUnavailableError, match=r"not asked, a\.example has failed 3 times"):
        client.get_json("/api")
    moment[0] += timedelta(seconds=31)
    with pytest.raises(SourceUnavailableError, match="1 attempt"):
        client.get_json("/api")
    assert len(script.requests) == 10
    client.close()


def test_a_host_that_came_back_is_asked_as_before() -> None:
    moment, script = [NOON], Script(*[BROKEN] * 9, OK)
    client = make_client(script, now=lambda: moment[0])
    for _ in range(3):
        with pytest.raises(SourceUnavailableError):
            client.get_json("/api")
    moment[0] += timedelta(seconds=31)
    assert client.get_json("/api").payload == [1]
    assert client.get_json("/api").payload == [1]
    client.close()


@pytest.mark.parametrize("answer", [httpx.Response(404), httpx.Response(200, html="<html>")])
def test_a_host_that_answers_anything_is_not_down(answer: httpx.Response) -> None:
    script = Script(answer)
    client = make_client(script)
    for _ in range(5):
        with pytest.raises(Exception, match=r"a\.example"):
            client.get_json("/api")
    assert len(script.requests) == 5
    client.close()


def test_rests_double_up_to_five_minutes_and_end_when_the_clock_is_set_back() -> None:
    breaker, rests = Breaker(), []
    for _ in range(2000):
        breaker = breaker.failed(NOON)
        until = breaker.rests_until(NOON)
        rests.append((until - NOON).total_seconds() if until else 0)
    assert rests[:8] == [0, 0, 30, 60, 120, 240, 300, 300]
    assert rests[-1] == 300
    assert breaker.rests_until(NOON - timedelta(days=1)) is None


def test_each_host_and_port_has_one_pace() -> None:
    paces = Paces()
    assert paces.of("a.example") is paces.of("a.example")
    assert paces.of("a.example") is not paces.of("a.example:8443")

"""`gaung outbox`: what was not taken, and why; and how it is sent after all."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session

from monitor import clock
from monitor.letters import Letter, Picture
from monitor.schemas.state import Letters
from monitor.store import StoreFile
from monitor.store.outbox import short_name
from tests.monitor.payloads.mail_server import Server, make_letter, running

Run = Callable[..., tuple[int, str, str]]
HOUR = timedelta(hours=1)
FULL = make_letter("penuh", 1)
NOBODY = make_letter("nihil", 2)


class Office(Server):
    """A mail server that refuses by name until it is put right."""

    answers: dict[str, str]

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = self.answers.get(address.partition("@")[0])
        if answer is None:
            envelope.rcpt_tos.append(address)
        return answer or "250 OK"


@pytest.fixture
def office() -> Office:
    made = Office()
    made.answers = {"nihil": "550 5.1.1 User unknown", "penuh": "552 5.2.2 Mailbox full"}
    return made


@pytest.fixture
def run(gaung: Run, tmp_path: Path, office: Office) -> Iterator[Run]:
    with running(office) as port:
        (tmp_path / "config.toml").write_text(
            f'[mail]\nserver = "127.0.0.1"\nport = {port}\nsecurity = "none"\n'
            'sender = "gaung@kantor.example"\n[store]\npath = "g.duckdb"\n'
        )
        yield gaung


def enqueue(tmp_path: Path, *letters: Letter, ago: timedelta = timedelta(0)) -> None:
    with StoreFile(tmp_path / "g.duckdb").open() as store:
        for letter in letters:
            store.outbox.enqueue(letter, now=clock.now() - ago)


def listed(run: Run, *more: str) -> dict[str, dict[str, object]]:
    code, out, _ = run("outbox", "list", "--json", *more)
    assert code == 0
    told = msgspec.json.decode(out, type=Letters)
    assert [one.letter for one in told.letters] == [short_name(one.key) for one in told.letters]
    return {str(row["recipient"]).partition("@")[0]: row for row in json.loads(out)["letters"]}


def test_an_empty_outbox_is_said_in_words(run: Run) -> None:
    assert run("outbox", "list")[:2] == (0, "no letter waits, and none was given up\n")
    assert run("outbox", "retry", "--all")[:2] == (0, "no letter waits, and none was given up\n")
    assert run("outbox", "drop", "--all")[:2] == (0, "no letter was given up\n")


def test_each_letter_is_explained_by_its_own_refusal(run: Run, tmp_path: Path) -> None:
    enqueue(tmp_path, NOBODY, ago=3 * HOUR)
    enqueue(tmp_path, FULL, ago=2 * HOUR)
    assert run("outbox", "retry", "--all")[0] == 1
    found = listed(run)
    assert (found["nihil"]["state"], found["penuh"]["state"]) == ("given up", "waiting")
    assert "550 5.1.1" in str(found["nihil"]["reason"])
    assert "552 5.2.2" in str(found["penuh"]["reason"])
    assert found["nihil"]["due_at"] is None
    assert found["penuh"]["due_at"]
    (problem,) = [p for p in json.loads(run("status", "--json")[1])["problems"] if "letter" in p]
    assert problem.startswith("1 letter was given up: ")
    assert "550 5.1.1 User unknown" in problem
    checked = run("check")[1]
    assert "1 waiting: 127.0.0.1:" in checked
    assert "552 5.2.2 Mailbox full" in checked
    assert "gaung outbox retry --all" in checked


def test_a_letter_that_waits_for_an_hour_is_a_problem_with_the_words_of_the_server(
    run: Run, tmp_path: Path
) -> None:
    enqueue(tmp_path, FULL, ago=5 * HOUR)
    with StoreFile(tmp_path / "g.duckdb").open() as store:
        later = clock.now() + HOUR
        store.outbox.mark_deferred(FULL.key, "mx:25 refused it: 552 5.2.2", later, clock.now())
    code, out, _ = run("status")
    assert code == 1
    assert "! 1 letter has waited for 5 h: mx:25 refused it: 552 5.2.2" in out
    code, out, _ = run("check")
    assert (code, "it is tried again by itself" in " ".join(out.split())) == (1, True)


def test_what_was_given_up_is_sent_when_the_cause_is_mended(
    run: Run, tmp_path: Path, office: Office
) -> None:
    picture = Picture(name="grafik", png=b"\x89PNG\r\n\x1a\n" + bytes(20))
    enqueue(tmp_path, replace(NOBODY, pictures=(picture,)), ago=100 * HOUR)
    assert run("outbox", "retry", "--all")[0] == 1
    office.answers = {}
    code, out, _ = run("outbox", "retry", short_name(NOBODY.key))
    assert (code, out) == (0, f"{short_name(NOBODY.key)}  nihil@example.go.id: sent\n")
    (mail,) = office.got
    assert mail["X-Gaung-Key"] == NOBODY.key
    assert [part.get_content_type() for part in mail.walk()].count("image/png") == 1
    assert run("outbox", "list")[1] == "no letter waits, and none was given up\n"
    assert listed(run, "--all")["nihil"]["state"] == "sent"


def test_a_letter_has_one_message_id_however_often_it_is_sent(
    run: Run, tmp_path: Path, office: Office
) -> None:
    enqueue(tmp_path, make_letter("lost"))  # taken, and then the line breaks
    office.answers = {}
    run("outbox", "retry", "--all")
    run("outbox", "retry", "--all")
    ids = [mail["Message-ID"] for mail in office.got]
    assert len(ids) >= 2
    assert len(set(ids)) == 1


def test_a_letter_that_is_tried_again_has_another_two_days(run: Run, tmp_path: Path) -> None:
    enqueue(tmp_path, FULL, ago=100 * HOUR)
    with StoreFile(tmp_path / "g.duckdb").open() as store:
        store.outbox.mark_dead(FULL.key, "too long", clock.now())
    code, out, _ = run("outbox", "retry", short_name(FULL.key))
    assert code == 1
    assert "waiting, tried again " in out
    assert "552 5.2.2 Mailbox full" in out


def test_one_letter_is_tried_and_the_other_is_left(
    run: Run, tmp_path: Path, office: Office
) -> None:
    enqueue(tmp_path, FULL, NOBODY)
    run("outbox", "retry", "--all")
    office.answers = {}
    assert run("outbox", "retry", short_name(NOBODY.key))[0] == 0
    assert [mail["To"] for mail in office.got] == ["nihil@example.go.id"]
    assert list(listed(run)) == ["penuh"]


def test_a_dropped_letter_is_never_sent_and_is_no_trouble(
    run: Run, tmp_path: Path, office: Office
) -> None:
    enqueue(tmp_path, NOBODY, FULL)
    run("outbox", "retry", "--all")
    name = short_name(NOBODY.key)
    code, _, err = run("outbox", "drop", name)
    assert (code, "add --yes" in err) == (1, True)
    assert run("outbox", "drop", "--all", "--yes")[:2] == (0, "1 dropped\n")  # none that waits
    office.answers = {}
    enqueue(tmp_path, NOBODY)  # a turn that is done again
    assert run("outbox", "retry", "--all")[0] == 0
    assert [mail["To"] for mail in office.got] == ["penuh@example.go.id"]
    assert listed(run, "--all")["nihil"]["state"] == "dropped"
    with StoreFile(tmp_path / "g.duckdb").open(read_only=True) as store:
        kept = "select body_text || body_html from outbox where letter_key = $key"
        assert store.database.value(kept, key=NOBODY.key) == ""
    assert "given up:" not in run("status")[1]
    code, _, err = run("outbox", "retry", name)
    assert (code, f"{name} was dropped" in err) == (2, True)


def test_a_letter_that_waits_can_be_dropped_by_its_name(
    run: Run, tmp_path: Path, office: Office
) -> None:
    enqueue(tmp_path, FULL)
    assert run("outbox", "drop", short_name(FULL.key), "--yes")[0] == 0
    office.answers = {}
    assert run("outbox", "retry", "--all")[1] == "no letter waits, and none was given up\n"
    assert not office.got


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("retry",), "name letters as `gaung outbox list` does, or give --all"),
        (("drop", "abc", "--all"), "name letters as `gaung outbox list` does, or give --all"),
        (("retry", "abc"), "there is no letter 'abc'"),
        (("drop", "abc"), "there is no letter 'abc'"),
    ],
)
def test_a_name_that_is_none_is_a_wrong_use(
    run: Run, arguments: tuple[str, ...], said: str
) -> None:
    code, _, err = run("outbox", *arguments)
    assert code == 2
    assert said in err


def test_without_a_mail_server_nothing_is_changed(gaung: Run, tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text('[store]\npath = "g.duckdb"\n')
    enqueue(tmp_path, FULL)
    with StoreFile(tmp_path / "g.duckdb").open() as store:
        store.outbox.mark_dead(FULL.key, "552", clock.now())
    code, _, err = gaung("outbox", "retry", "--all")
    assert (code, "mail.server is not set" in err) == (1, True)
    assert listed(gaung)["penuh"]["state"] == "given up"

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from collectors.page import page_of
from collectors.records import Rejected
from monitor import logs, secrets
from monitor.errors import ConfigError
from monitor.store import StoreFile

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_a_secret_is_read_from_the_environment_a_file_or_a_credential(tmp_path: Path) -> None:
    (tmp_path / "token.txt").write_text("dari-berkas\n")
    (tmp_path / "MAIL_PASSWORD").write_text("dari-systemd\n")
    read = secrets.read
    assert read("TOKEN", key="k", environment={"TOKEN": "langsung"}) == "langsung"
    by_file = {"TOKEN_FILE": str(tmp_path / "token.txt")}
    assert read("TOKEN", key="k", environment=by_file) == "dari-berkas"
    credentials = {"CREDENTIALS_DIRECTORY": str(tmp_path)}
    assert read("MAIL_PASSWORD", key="k", environment=credentials) == "dari-systemd"


def test_what_is_missing_is_named_with_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"mail\.password_env names .* TOKEN, .*TOKEN_FILE"):
        secrets.read("TOKEN", key="mail.password_env", environment={})
    (tmp_path / "empty").write_text(" \n")
    for name, words in (("empty", "is empty"), ("none", "cannot be read: No such file")):
        with pytest.raises(ConfigError, match=words):
            secrets.read("T", key="k", environment={"T_FILE": str(tmp_path / name)})


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("T=rahasia", "rahasia"),
        ("T=a b;c", "a b;c"),
        ("T=a$(touch x)&b`c`|d>e", "a$(touch x)&b`c`|d>e"),
        ("T=a#b", "a#b"),
        ('T=it\'s "so"', 'it\'s "so"'),
        ("T=dengan spasi  ", "dengan spasi"),
        ("T=a=b==", "a=b=="),
        ("T='a b;c$d'", "a b;c$d"),
        ("T='a\\b'", "a\\b"),
        ('T="a\\"b\\$c\\d"', 'a"b$c\\d'),
        ("T='a'\"b\"c", "abc"),
        ("T=a\\\\b\\ ", "a\\b "),
        ("T=a\\\nb", "ab"),
        ("# T=lain\n; T=lain\nT=ini", "ini"),
        ("T=lama\nT=baru", "baru"),
        ("bukan penugasan\n\nT=ini\n", "ini"),
        ("  T = ini", "ini"),
        ("T=ini\r", "ini"),
        ("T=sandi-ünik", "sandi-ünik"),
    ],
)
def test_secrets_beside_the_configuration_are_read_as_systemd_reads_them(
    tmp_path: Path, written: str, value: str
) -> None:
    (tmp_path / "secrets.env").write_text(f"A=1\n{written}\nB=2\n", encoding="utf-8", newline="")
    for variable, expected in (("T", value), ("A", "1"), ("B", "2")):
        assert secrets.read(variable, key="k", environment={}, folder=tmp_path) == expected
    assert secrets.read("T", key="k", environment={"T": "menang"}, folder=tmp_path) == "menang"


def test_secrets_that_may_not_be_read_are_named_with_the_remedy(tmp_path: Path) -> None:
    (tmp_path / "secrets.env").mkdir()
    with pytest.raises(ConfigError, match=r"secrets\.env \(for k\): cannot be read: .*chmod 640"):
        secrets.read("T", key="k", environment={}, folder=tmp_path)


def test_what_was_read_as_a_secret_is_never_written() -> None:
    secrets.read("TOKEN", key="k", environment={"TOKEN": "s3cret-value"})
    assert secrets.redact("boom s3cret-value boom") == "boom [redacted] boom"


@pytest.mark.parametrize(
    "text",
    [
        "https://a.example/?q=x&access_token=RAHASIA",
        '{"accessJwt": "RAHASIA", "handle": "a"}',
        "Authorization: Bearer RAHASIA",
        '{"app_password":"RAHASIA"}',
        "GET /v3/search?key=RAHASIA&part=snippet",
    ],
)
def test_what_looks_like_a_secret_is_blanked(text: str) -> None:
    assert "RAHASIA" not in secrets.redact(text)


@pytest.mark.parametrize("text", ["kata kunci: token kebebasan", '{"text": "key=nilai"}'])
def test_what_people_write_stays(text: str) -> None:
    assert secrets.redact(text) == text


def test_log_lines_carry_no_secret(capsys: pytest.CaptureFixture[str]) -> None:
    secrets.read("TOKEN", key="k", environment={"TOKEN": "log-s3cret"})
    logs.set_up(verbose=False, terminal=False)
    logs.get().info("asked", detail="a?access_token=abc", error=ValueError("log-s3cret"), pages=3)
    written = capsys.readouterr().err
    assert "log-s3cret" not in written
    assert "abc" not in written
    assert "pages=3" in written


def test_stored_raw_records_and_reasons_carry_no_secret(tmp_path: Path) -> None:
    secrets.read("TOKEN", key="k", environment={"TOKEN": "raw-s3cret"})
    raw = json.dumps({"id": 1, "next": "https://a.example/?access_token=abc", "x": "raw-s3cret"})
    rejected = page_of(
        rejected=[Rejected(locator="a?key=abc", reason="bad raw-s3cret", raw=raw)]
    ).rejected
    with StoreFile(tmp_path / "s.duckdb").open() as store, store.transaction():
        run = store.runs.start("poll", "a/b", now=NOON)
        store.runs.set_aside(run, "a/b", rejected, now=NOON)
        store.runs.finish(run, "failed", detail="answered raw-s3cret", now=NOON)
        kept = store.database.rows("select locator, reason, raw from rejected") + (
            store.database.rows("select detail from runs")
        )
    assert "raw-s3cret" not in str(kept)
    assert "abc" not in str(kept)
    assert '"id": 1' in str(kept)

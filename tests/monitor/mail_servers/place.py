"""A real Postfix and a real Dovecot on loopback, in a folder of their own. Wants root.

Postfix takes mail by STARTTLS, by implicit TLS and plain, asks Dovecot who may, and hands it to
Dovecot's mailboxes. Addresses at test.invalid choose what goes wrong: tempfail@ 451, reject@ 550.
"""

from __future__ import annotations

import contextlib
import email
import email.policy
import imaplib
import os
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import cast

import pytest

DOMAIN = "test.invalid"
USER, PASSWORD = "monitor", "pw"
_MISSING = "Postfix and Dovecot are not installed: make servers, as root on a Debian system"
_OWNER = "vmailtest"


@dataclass
class MailPlace:
    """Where the servers are, and how to read what has arrived."""

    folder: Path
    starttls: int
    tls: int
    plain: int
    imaps: int

    @property
    def certificate(self) -> Path:
        """Trusted by nobody but those who name it."""
        return self.folder / "cert.pem"

    def trusting(self) -> ssl.SSLContext:
        """Give a context that trusts the servers."""
        return ssl.create_default_context(cafile=str(self.certificate))

    def allow(self, address: str) -> None:
        """Let an address take mail from now on that was refused for a while."""
        path = self.folder / "pf" / "rcpt"
        kept = [line for line in path.read_text().splitlines() if not line.startswith(address)]
        path.write_text("".join(f"{line}\n" for line in kept))
        self.postfix("reload")

    def postfix(self, verb: str) -> None:
        """Say something to Postfix."""
        subprocess.run(
            ["postfix", "-c", str(self.folder / "pf"), verb], check=True, capture_output=True
        )

    def letters(self, name: str, *, least: int, seconds: float = 20.0) -> list[EmailMessage]:
        """Read a mailbox over IMAP, once so many letters are there."""
        deadline = time.monotonic() + seconds
        while True:
            with imaplib.IMAP4_SSL("localhost", self.imaps, ssl_context=self.trusting()) as box:
                box.login(f"{name}@{DOMAIN}", PASSWORD)
                # Before its first letter there is no mailbox.
                is_there = box.select("INBOX")[0] == "OK"
                numbers = box.search(None, "ALL")[1][0].split() if is_there else []
                if len(numbers) >= least or time.monotonic() > deadline:
                    return [_read(box, number) for number in numbers]
            time.sleep(0.2)


def _read(box: imaplib.IMAP4_SSL, number: bytes) -> EmailMessage:
    found = box.fetch(number.decode(), "(RFC822)")[1][0]
    assert isinstance(found, tuple)
    return cast(EmailMessage, email.message_from_bytes(found[1], policy=email.policy.default))


@contextlib.contextmanager
def mail_place(folder: Path) -> Iterator[MailPlace]:
    """Start both servers, and stop them in the end."""
    if not shutil.which("postfix") or not shutil.which("dovecot") or os.geteuid() != 0:
        if os.environ.get("GAUNG_REQUIRE_SERVERS"):
            pytest.fail(_MISSING)
        pytest.skip(_MISSING)
    place = MailPlace(folder, *_free_ports(4))
    for name in ("mail", "run", "pf", "queue", "data"):
        (folder / name).mkdir()
    for path in (folder, *folder.parents):  # both servers give up being root
        if path.owner() == "root" and path != Path("/"):
            path.chmod(path.stat().st_mode | 0o055)
    _owners(folder)
    _certificate(folder)
    _write(place)
    subprocess.run(["dovecot", "-c", str(folder / "dovecot.conf")], check=True)
    try:
        place.postfix("start")
        for port in (place.starttls, place.tls, place.plain, place.imaps):
            _wait_for(port)
        yield place
    finally:
        with contextlib.suppress(subprocess.CalledProcessError, FileNotFoundError):
            place.postfix("stop")
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            os.kill(int((folder / "run" / "master.pid").read_text()), 15)


def _owners(folder: Path) -> None:
    if subprocess.run(["id", _OWNER], capture_output=True, check=False).returncode:
        subprocess.run(["useradd", "-r", "-s", "/usr/sbin/nologin", _OWNER], check=True)
    shutil.chown(folder / "mail", _OWNER)
    shutil.chown(folder / "data", "postfix")


def _certificate(folder: Path) -> None:
    command = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost"
    subprocess.run(
        [
            *command.split(),
            *("-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"),
            *("-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem")),
        ],
        check=True,
        capture_output=True,
    )
    (folder / "key.pem").chmod(0o600)


def _write(place: MailPlace) -> None:
    here = Path(__file__).parent
    values = {
        "folder": place.folder,
        "starttls": place.starttls,
        "tls": place.tls,
        "plain": place.plain,
        "imaps": place.imaps,
        "owner": _OWNER,
    }
    for name, target in (
        ("main.cf", "pf/main.cf"),
        ("master.cf", "pf/master.cf"),
        ("dovecot.conf", "dovecot.conf"),
    ):
        text = (here / name).read_text()
        for key, value in values.items():
            text = text.replace(f"@{key}@", str(value))
        (place.folder / target).write_text(text)
    (place.folder / "pf" / "rcpt").write_text(
        f"tempfail@{DOMAIN} 451 4.3.0 temporary failure, try later\n"
        f"reject@{DOMAIN} 550 5.7.1 mailbox refuses mail\n"
    )
    (place.folder / "pf" / "sender").write_text(f"spam@{DOMAIN} 554 5.7.1 sender rejected\n")


def _free_ports(count: int) -> list[int]:
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + 15
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
        else:
            return

"""Starts Postfix and Dovecot on this machine: letters go in over SMTP and are read over IMAP."""

from __future__ import annotations

import contextlib
import email
import email.policy
import imaplib
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from string import Template

import pytest

from monitor.config import MailSettings
from tests.monitor.payloads.mail_server import CERTIFICATE, trusting

PASSWORD = "kata-sandi"  # noqa: S105  # of the login and of each mailbox
DOMAIN = "test.invalid"
IDN = "kopí-susu.invalid"  # what its owner calls it; in punycode to mail servers

_HERE = Path(__file__).parent
_PATIENCE = 20.0  # seconds
_PROGRAMS = f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/usr/lib/dovecot:/usr/libexec/dovecot"


@dataclass(frozen=True)
class MailServers:
    """A mail server that takes letters on three ports, and the mailboxes behind it."""

    folder: Path
    ports: Mapping[str, int]  # by mail.security, and of IMAP

    def settings(self, security: str = "starttls", **fields: str) -> MailSettings:
        """Give [mail] for one of the ports; where letters may not come in the clear, with login."""
        given: dict[str, str] = {"sender": f"Gaung <gaung@{DOMAIN}>"}
        if security != "none":
            given |= {"username": "gaung", "password_env": "MAIL_PASSWORD"}
        return MailSettings(
            server="127.0.0.1", port=self.ports[security], security=security, **(given | fields)
        )

    def refuse(self, **answers: str) -> None:
        """Tell Postfix what to answer to recipients, by name; all others are taken."""
        lines = [f"{name}@{DOMAIN} {answer}\n" for name, answer in answers.items()]
        (self.folder / "config" / "recipients").write_text("".join(lines))
        if (self.folder / "queue" / "pid" / "master.pid").exists():
            self.postfix("reload")

    def postfix(self, command: str) -> None:
        """Start, reload or stop Postfix."""
        done = subprocess.run(
            ["postfix", "-c", self.folder / "config", command],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            log = self.folder / "data" / "mail.log"
            said = log.read_text() if log.exists() else ""
            pytest.fail(f"postfix {command}: {done.stdout}{done.stderr}{said}")
        if command == "start":
            for security in ("starttls", "tls", "none"):
                _wait(lambda port=self.ports[security]: _listens(port), "Postfix")

    def mailbox(self, name: str, *, holds: int, domain: str = DOMAIN) -> list[bytes]:
        """Wait until so many letters are in a mailbox, and give them as they arrived."""
        found: list[bytes] = []

        def arrived() -> bool:
            found[:] = self._read(f"{name}@{domain}")
            return len(found) >= holds

        _wait(arrived, f"{holds} letters for {name}@{domain}")
        assert len(found) == holds
        return found

    def _read(self, mailbox: str) -> list[bytes]:
        imap = imaplib.IMAP4_SSL("127.0.0.1", self.ports["imaps"], ssl_context=trusting())
        with imap:
            imap.login(mailbox, PASSWORD)
            imap.select("INBOX", readonly=True)
            _, (numbers,) = imap.search(None, "ALL")
            return [imap.fetch(n.decode(), "(BODY[])")[1][0][1] for n in numbers.split()]


def read(raw: bytes) -> EmailMessage:
    """Read a letter as a mail program does."""
    mail = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(mail, EmailMessage)
    return mail


@contextlib.contextmanager
def started() -> Iterator[MailServers]:
    """Run both servers on empty mailboxes, or skip the tests where they are not installed."""
    if missing := _missing():
        if os.environ.get("GAUNG_REQUIRE_SERVERS"):
            pytest.fail(missing)
        pytest.skip(missing)
    # The names of Unix sockets may have 107 characters, which pytest's own folders take up.
    with tempfile.TemporaryDirectory(prefix="gaung-mail-", ignore_cleanup_errors=True) as name:
        servers = MailServers(Path(name), _free_ports("starttls", "tls", "none", "imaps"))
        _configure(servers)
        with _dovecot(servers):
            servers.postfix("start")
            try:
                yield servers
            finally:
                servers.postfix("stop")


def _missing() -> str | None:
    """Say what there is not, if anything."""
    how = "make test-servers installs them, on Debian as root"
    if any(shutil.which(name, path=_PROGRAMS) is None for name in ("postfix", "dovecot", "lmtp")):
        return f"Postfix, Dovecot or its LMTP is not installed: {how}"
    if os.geteuid() != 0:
        return "Postfix and Dovecot want to be started by root"
    said = subprocess.run(["dovecot", "--version"], capture_output=True, text=True, check=True)
    if not said.stdout.startswith("2.3."):
        return f"Dovecot {said.stdout.split()[0]} reads another configuration than 2.3"
    return None


def _configure(servers: MailServers) -> None:
    folder = servers.folder
    folder.chmod(0o755)
    for name in ("config", "queue", "data", "run", "mail"):
        (folder / name).mkdir()
    shutil.chown(folder / "data", "postfix")
    shutil.chown(folder / "mail", "nobody", "nogroup")
    shutil.copy(CERTIFICATE, folder / "server.crt")
    shutil.copy(CERTIFICATE.with_suffix(".key"), folder / "server.key")
    (folder / "server.key").chmod(0o600)
    facts = {
        "folder": folder,
        "domains": f"{DOMAIN} {IDN.encode('idna').decode()}",
        "password": PASSWORD,
        "plain": servers.ports["none"],
    }
    for source, target in (
        ("postfix.conf", "config/main.cf"),
        ("postfix.services", "config/master.cf"),
        ("dovecot.conf", "dovecot.conf"),
    ):
        text = Template((_HERE / source).read_text()).substitute(facts | dict(servers.ports))
        (folder / target).write_text(text)
    (folder / "config" / "senders").write_text(f"spam@{DOMAIN} 554 5.7.1 sender rejected\n")
    servers.refuse()


@contextlib.contextmanager
def _dovecot(servers: MailServers) -> Iterator[None]:
    process = subprocess.Popen(["dovecot", "-F", "-c", servers.folder / "dovecot.conf"])
    try:
        _wait(lambda: _listens(servers.ports["imaps"]), "Dovecot")
        yield
    finally:
        process.terminate()
        process.wait(_PATIENCE)


def _free_ports(*names: str) -> dict[str, int]:
    with contextlib.ExitStack() as taken:
        sockets = [taken.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in names]
        return dict(zip(names, (one.getsockname()[1] for one in sockets), strict=True))


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except ConnectionRefusedError:
        return False
    return True


def _wait(until: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + _PATIENCE
    while not until():
        if time.monotonic() > deadline:
            pytest.fail(f"waited {_PATIENCE:g} s in vain for {what}")
        time.sleep(0.05)

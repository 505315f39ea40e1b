"""Stage 4: letters in the outbox → mail server. The only place that speaks SMTP.

A letter is marked after it was sent: it arrives at least once, always with the same Message-ID.
"""

from __future__ import annotations

import hashlib
import smtplib
import socket
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from enum import Enum, auto
from types import TracebackType
from typing import Protocol, Self

from monitor import secrets
from monitor.config import MailSettings
from monitor.errors import ConfigError
from monitor.letters import OutboxLetter, clean, envelope_address, message
from monitor.refusals import Stage, is_final

_PORTS = {"starttls": 587, "tls": 465, "none": 25}
_OTHER_WAY = {
    "starttls": "set mail.security to tls, or leave mail.username empty",
    "tls": "leave mail.username empty",
    "none": "set mail.security to starttls, or leave mail.username empty",
}
_TIMEOUT = 30.0  # seconds without an answer
# The connection can go on after these.
_REFUSALS = (smtplib.SMTPSenderRefused, smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError)
_NO_RELAY = 554  # of a recipient, what Postfix says to those who should have logged in
_GIVE_UP_AFTER = timedelta(hours=48)
_FIRST_PAUSE = timedelta(minutes=1)
_FIRST_PAUSE_REFUSED = timedelta(minutes=10)  # a policy seldom changes within a minute
_LONGEST_PAUSE = timedelta(hours=3)  # twice that with all of the jitter


class DeliveryError(Exception):
    """A letter was not taken: later, if not permanent; more seldom, if refused (5xx)."""

    def __init__(self, reason: str, permanent: bool, *, refused: bool = False) -> None:
        # A mail server may repeat the login, which is the password in base64.
        self.reason = secrets.redact(reason)
        super().__init__(self.reason)
        self.permanent = permanent
        self.refused = refused


class Mailer:
    """The mail server. Use it in a `with`: all letters of a batch go through one connection."""

    def __init__(
        self,
        settings: MailSettings,
        *,
        password: str = "",
        context: ssl.SSLContext | None = None,
        timeout: float = _TIMEOUT,
    ) -> None:
        try:
            self._from = envelope_address(settings.sender)
        except ValueError as error:
            raise ConfigError(f"mail.sender: {error}") from None
        self.sender = settings.sender
        self._settings = settings
        self._password = password
        self._context = context
        self._timeout = timeout
        self._place = f"{settings.server}:{settings.port or _PORTS[settings.security]}"
        self._connection: smtplib.SMTP | None = None
        self._unreachable: str | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._close()
        self._unreachable = None

    def send(self, message: EmailMessage, recipient: str) -> None:
        """Hand over one letter to one recipient, so that none is refused for another's sake.

        Raises `DeliveryError`. A server that cannot be reached, or refuses the login, is asked
        once in a batch: asking again for each letter would take hours, or lock the account.
        """
        if self._unreachable is not None:
            raise DeliveryError(self._unreachable, permanent=False)
        try:
            if self._connection is None:
                self._connection = self._connect()
        except (OSError, smtplib.SMTPException, UnicodeError) as error:
            self._unreachable = self._remedy(error)
            raise DeliveryError(self._unreachable, permanent=False) from error
        try:
            content = message.as_bytes()  # send_message would write ">From" for "From" in a text
            self._connection.sendmail(self._from, [envelope_address(recipient)], content)
        except (OSError, smtplib.SMTPException) as error:
            if self._connection.sock is None or not isinstance(error, _REFUSALS):
                self._connection.close()  # hung up, or in a state that nobody knows
                self._connection = None
            raise self._refusal(error) from error

    def check(self) -> str | None:
        """Log in and leave: None if that works, or else what to change."""
        try:
            with self:
                self._connection = self._connect()
        except (OSError, smtplib.SMTPException, UnicodeError) as error:
            return self._remedy(error)
        return None

    def _connect(self) -> smtplib.SMTP:
        """Connect, encrypt and log in; leave nothing open if one of them fails."""
        host, _, port = self._place.rpartition(":")
        security = self._settings.security
        context = None if security == "none" else self._context or ssl.create_default_context()
        connection: smtplib.SMTP
        if security == "tls":
            connection = smtplib.SMTP_SSL(host, int(port), timeout=self._timeout, context=context)
        else:
            connection = smtplib.SMTP(host, int(port), timeout=self._timeout)
        try:
            if security == "starttls":
                connection.starttls(context=context)
            if self._settings.username:
                connection.login(self._settings.username, self._password)
        except BaseException:
            connection.close()
            raise
        return connection

    def _close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is None:
            return
        try:
            connection.quit()
        except (OSError, smtplib.SMTPException):
            connection.close()  # it is gone, which is what was wanted

    def _refusal(self, error: OSError | smtplib.SMTPException) -> DeliveryError:
        """Tell what the server said of a letter, and whether that is its last word."""
        if isinstance(error, smtplib.SMTPRecipientsRefused):
            code, said = next(iter(error.recipients.values()))
            stranger = code == _NO_RELAY and not self._settings.username
            what = "the recipient (see mail.username)" if stranger else "the recipient"
            return self._answer(Stage.RECIPIENT, what, code, said)
        if isinstance(error, smtplib.SMTPSenderRefused):
            # A sender that may not send is the operator's to mend; letters wait for that.
            what = "the sender (see mail.sender, mail.username)"
            return self._answer(Stage.SENDER, what, error.smtp_code, error.smtp_error)
        if isinstance(error, smtplib.SMTPDataError):
            return self._answer(Stage.LETTER, "the letter", error.smtp_code, error.smtp_error)
        return DeliveryError(self._remedy(error), permanent=False)

    def _answer(self, stage: Stage, what: str, code: int, said: bytes | str) -> DeliveryError:
        lines = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
        return DeliveryError(
            f"{self._place} refused {what}: {code} {clean(lines)}",
            permanent=is_final(stage, code, lines),
            refused=code >= 500,
        )

    def _remedy(self, error: Exception) -> str:
        """Say what is wrong with the server or the settings, and what to change."""
        wrong, remedy = _trouble(error, self._settings)
        return f"mail server {self._place} {wrong}" + (f": {remedy}" if remedy else "")


def _trouble(error: Exception, settings: MailSettings) -> tuple[str, str]:
    """Give what is wrong, and the remedy."""
    password = f"the password in {settings.password_env or 'the variable mail.password_env names'}"
    match error:
        case smtplib.SMTPAuthenticationError():
            wrong = f"refused the login ({error.smtp_code} {_text(error.smtp_error)})"
            return wrong, f"check mail.username and {password}"
        case smtplib.SMTPNotSupportedError():
            return f"cannot do it ({clean(str(error))})", _OTHER_WAY[settings.security]
        case UnicodeError():
            return "cannot be logged in to", f"use only ASCII in mail.username and {password}"
        case smtplib.SMTPServerDisconnected():
            return f"hung up ({clean(str(error))})", ""
        case smtplib.SMTPResponseException():
            return f"answered {error.smtp_code} {_text(error.smtp_error)}", ""
        case ssl.SSLCertVerificationError():
            return f"has a certificate that is not trusted ({clean(error.verify_message)})", (
                "check mail.server, or add its authority to the system's (update-ca-certificates): "
                "SSL_CERT_FILE would take the place of all others, and sources would fail"
            )
        case ssl.SSLError():
            return f"does not speak TLS as expected ({clean(str(error.reason))})", (
                "check mail.security (starttls, tls or none) and mail.port"
            )
        case socket.gaierror():
            return "has a name that is not known", "check mail.server and the network"
        case _:
            why = clean(str(getattr(error, "strerror", None) or error))
            return f"cannot be reached ({why})", "check mail.server, mail.port and the network"


def _text(said: bytes | str) -> str:
    return clean(said.decode("utf-8", "replace") if isinstance(said, bytes) else said)


def next_attempt(
    attempts: int, *, now: datetime, key: str, enqueued_at: datetime, refused: bool = False
) -> datetime | None:
    """Give when to try again after so many failures; None after two days of trying.

    The pause doubles from a minute, or ten if the server refused, to some hours. The jitter comes
    from the key: letters that failed together do not return together; a replay gives the same time.
    """
    last_at = enqueued_at + _GIVE_UP_AFTER
    if now >= last_at:
        return None
    digest = hashlib.sha256(f"{key}\x1f{attempts}".encode()).digest()
    jitter = int.from_bytes(digest[:4], "big") / 2**32
    first = _FIRST_PAUSE_REFUSED if refused else _FIRST_PAUSE
    pause = min(first * (1 << min(attempts - 1, 10)), _LONGEST_PAUSE)
    return min(now + pause * (1 + jitter), last_at)


class Outbox(Protocol):
    """What delivery wants of the store."""

    def due(self, now: datetime) -> Sequence[OutboxLetter]:
        """Give letters to send now, oldest first; perhaps not all at once."""

    def mark_sent(self, key: str, now: datetime) -> None:
        """Note that a mail server took the letter."""

    def mark_deferred(self, key: str, error: str, due_at: datetime, now: datetime) -> None:
        """Note why it was not taken, and when to try again."""

    def mark_dead(self, key: str, error: str, now: datetime) -> None:
        """Note that it will not be tried again, and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """How many letters a batch sent, put off and gave up."""

    sent: int
    deferred: int
    dead: int


def deliver(outbox: Outbox, mailer: Mailer, *, now: datetime) -> Delivery:
    """Try every letter that is due, once. Wants the mailer opened."""
    outcomes: list[_Outcome] = []
    while waiting := outbox.due(now):
        outcomes += [_attempt(letter, outbox, mailer, now=now) for letter in waiting]
    return Delivery(
        sent=outcomes.count(_Outcome.SENT),
        deferred=outcomes.count(_Outcome.DEFERRED),
        dead=outcomes.count(_Outcome.DEAD),
    )


class _Outcome(Enum):
    SENT = auto()
    DEFERRED = auto()
    DEAD = auto()


def _attempt(waiting: OutboxLetter, outbox: Outbox, mailer: Mailer, *, now: datetime) -> _Outcome:
    """Send one letter, and only then mark it."""
    letter = waiting.letter
    try:
        mailer.send(message(letter, sender=mailer.sender, sent_at=now), letter.recipient)
    except ValueError as error:  # an address that no mail server could take
        outbox.mark_dead(letter.key, str(error), now)
        return _Outcome.DEAD
    except DeliveryError as error:
        attempts = waiting.attempts + 1
        due_at = next_attempt(
            attempts,
            now=now,
            key=letter.key,
            enqueued_at=waiting.enqueued_at,
            refused=error.refused,
        )
        if error.permanent or due_at is None:
            outbox.mark_dead(letter.key, error.reason, now)
            return _Outcome.DEAD
        outbox.mark_deferred(letter.key, error.reason, due_at, now)
        return _Outcome.DEFERRED
    outbox.mark_sent(letter.key, now)
    return _Outcome.SENT

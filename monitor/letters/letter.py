"""A letter as rendered, and the e-mail that it becomes."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from email.headerregistry import Address, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy
from email.utils import format_datetime

from monitor.letters.words import clean
from monitor.reader import mailbox

_SUBJECT_LIMIT = 160


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A PNG that the HTML shows as `cid:name@gaung`; the text beside it says the same."""

    name: str
    png: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One letter to one recipient. The key says which: it is written once."""

    key: str
    recipient: str
    subject: str
    text: str
    html: str
    references: str | None  # the thread it belongs to, if any
    pictures: tuple[Picture, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxLetter:
    """A letter that waits to be sent."""

    letter: Letter
    enqueued_at: datetime
    attempts: int  # how often sending it failed


def message(letter: Letter, *, sender: str, sent_at: datetime) -> EmailMessage:
    """Make the e-mail: the same letter has the same Message-ID, however often it is sent.

    Raises `ValueError` for a sender or recipient that is no address.
    """
    origin = _address(sender)
    mail = EmailMessage(policy=_policy())
    mail["From"] = origin
    mail["To"] = _address(letter.recipient)
    mail["Subject"] = clean(letter.subject, limit=_SUBJECT_LIMIT)
    mail["Date"] = format_datetime(sent_at.astimezone(UTC))
    mail["Message-ID"] = _identity(letter.key, origin.domain)
    if letter.references is not None:
        root = _identity(letter.references, origin.domain)  # it is never sent; it only ties
        mail["In-Reply-To"] = root
        mail["References"] = root
    mail["List-Id"] = f"gaung <gaung.{origin.domain}>"
    mail["List-Unsubscribe"] = f"<mailto:{origin.addr_spec}?subject=unsubscribe>"
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Gaung-Key"] = clean(letter.key).encode("ascii", "backslashreplace").decode()
    mail.set_content(letter.text, charset="utf-8", cte="quoted-printable")
    mail.add_alternative(letter.html, subtype="html", charset="utf-8", cte="quoted-printable")
    mail.set_boundary(f"=_gaung_{_digest(letter.key)}")
    _add_pictures(mail, letter)
    return mail


def _add_pictures(mail: EmailMessage, letter: Letter) -> None:
    """Put the pictures beside the HTML that shows them: nothing is fetched from anywhere."""
    _, html = mail.iter_parts()
    if not isinstance(html, EmailMessage):
        return
    for picture in letter.pictures:
        html.add_related(
            picture.png,
            "image",
            "png",
            cid=f"<{picture.name}@gaung>",
            filename=f"{picture.name}.png",
            disposition="inline",
        )
    if letter.pictures:
        html.set_boundary(f"=_gaung_{_digest(letter.key)}_html")


class _OneLine:
    """A header that is never broken or encoded: in pieces, a mail program reads no address."""

    max_count = 1
    parse = staticmethod(UnstructuredHeader.parse)
    name: str

    def fold(self, *, policy: EmailPolicy[EmailMessage]) -> str:
        """Write the header in one line."""
        return f"{self.name}: {self}{policy.linesep}"


def _policy() -> EmailPolicy[EmailMessage]:
    """Give the way that headers are written: in ASCII (utf8=False), whatever the server can do."""
    registry = HeaderRegistry()
    for name in ("In-Reply-To", "References", "List-Id", "List-Unsubscribe", "X-Gaung-Key"):
        registry.map_to_type(name, _OneLine)  # type: ignore[arg-type]  # it is mixed in
    return SMTP.clone(header_factory=registry)


def envelope_address(text: str) -> str:
    """Give the bare address in ASCII, as mail servers take it. Raises `ValueError`."""
    return _address(text).addr_spec


def _address(text: str) -> Address:
    """Read one `Name <local@domain>`; a domain beyond ASCII is written in punycode."""
    name, local, domain = mailbox(clean(text))
    return Address(display_name=name, username=local, domain=domain)


def _identity(key: str, domain: str) -> str:
    return f"<{_digest(key)}@gaung.{domain}>"


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()[:32]

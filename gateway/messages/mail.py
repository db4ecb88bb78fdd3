"""E-mail: one message to one person, by SMTP or into a folder of `.eml` files.

The bytes of a message follow from its arguments alone, so sending it again changes nothing.
"""

from __future__ import annotations

import hashlib
import smtplib
import ssl
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from typing import Protocol

from gateway.messages.delivery import MESSAGE_ID, DeliveryFailed, DeliveryFault, keep_file

# 7bit: a server without 8BITMIME (RFC 6152) must not rewrite what we sent.
_POLICY = SMTP.clone(cte_type="7bit")
_TIMEOUT_SECONDS = 10  # of silence


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with a message; `media_type` as in «application/pdf»."""

    name: str
    media_type: str
    content: bytes = field(repr=False)


class MailTransport(Protocol):
    """Takes a message away. Sending the same message twice is allowed."""

    def send(self, message: EmailMessage) -> None:
        """Raises `DeliveryFailed`."""


def build_message(
    sender: str,
    to: str,
    subject: str,
    text: str,
    html: str | None = None,
    *,
    message_id: str,
    date: datetime,
    attachments: Sequence[Attachment] = (),
) -> EmailMessage:
    """A message ready to go.

    `sender`, `to`: one plain address each. `message_id`: letters, digits, `._-` (it names the
    `.eml` file); the header adds the sender's domain. `date`: aware.
    Raises `DeliveryFailed` (MESSAGE_UNFIT).
    """
    message = EmailMessage(policy=_POLICY)
    domain = _address(sender).domain
    if not MESSAGE_ID.fullmatch(message_id) or date.tzinfo is None or not subject.isprintable():
        raise DeliveryFailed(DeliveryFault.MESSAGE_UNFIT)
    message["From"] = _address(sender)
    message["To"] = _address(to)
    message["Subject"] = subject
    message["Date"] = format_datetime(date)
    message["Message-ID"] = f"<{message_id}@{domain}>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no holiday answers, please
    message.set_content(text)
    if html is not None:
        message.add_alternative(html, subtype="html")
    for attachment in attachments:
        main, _, sub = attachment.media_type.partition("/")
        message.add_attachment(
            attachment.content, maintype=main, subtype=sub, filename=attachment.name
        )
    for number, part in enumerate(message.walk()):
        if part.is_multipart():
            # Otherwise drawn at random. No encoded line can begin with "=_" (RFC 2045, 6.7).
            seed = hashlib.sha256(f"{message_id}/{number}".encode()).hexdigest()[:32]
            part.set_boundary(f"=_{seed}")
    return message


def _address(text: str) -> Address:
    try:
        address = Address(addr_spec=text)
    except (HeaderParseError, ValueError, IndexError):
        address = Address()
    if not address.domain or not text.isascii() or not text.isprintable():
        raise DeliveryFailed(DeliveryFault.MESSAGE_UNFIT)
    return address


@dataclass(frozen=True, slots=True)
class OutboxTransport:
    """Embedded default: a folder of `.eml` files named by message id."""

    folder: Path

    def send(self, message: EmailMessage) -> None:
        """Write the file; the same message gives the same bytes. Raises `DeliveryFailed`."""
        name = str(message["Message-ID"]).strip("<>").rpartition("@")[0]
        if not MESSAGE_ID.fullmatch(name):
            raise DeliveryFailed(DeliveryFault.MESSAGE_UNFIT)
        keep_file(self.folder, f"{name}.eml", message.as_bytes())


@dataclass(frozen=True, slots=True)
class SmtpTransport:
    """A submission server (RFC 6409). One connection a message.

    `starttls`: refuse to go on without TLS and the host's own certificate. A login needs it.
    """

    host: str
    port: int = 587
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    starttls: bool = True
    tls: ssl.SSLContext | None = field(default=None, repr=False)  # None: the system's authorities

    def __post_init__(self) -> None:
        if self.user is not None and (self.password is None or not self.starttls):
            raise ValueError("a login needs a password and STARTTLS")

    def send(self, message: EmailMessage) -> None:
        """Hand the message to the server. Raises `DeliveryFailed`."""
        try:
            with smtplib.SMTP(self.host, self.port, timeout=_TIMEOUT_SECONDS) as server:
                if self.starttls:
                    server.starttls(context=self.tls or ssl.create_default_context())
                if self.user is not None and self.password is not None:
                    server.login(self.user, self.password)
                server.send_message(message)
        except (smtplib.SMTPException, OSError) as error:
            # What the server said may repeat the address.
            raise DeliveryFailed(_fault(error)) from None


def _fault(error: Exception) -> DeliveryFault:
    match error:
        case smtplib.SMTPAuthenticationError():
            return DeliveryFault.LOGIN_REFUSED
        case smtplib.SMTPNotSupportedError() | ssl.SSLError():
            return DeliveryFault.NOT_ENCRYPTED
        case smtplib.SMTPRecipientsRefused():
            later = all(400 <= code < 500 for code, _ in error.recipients.values())
            return DeliveryFault.LATER if later else DeliveryFault.ADDRESS_REFUSED
        case smtplib.SMTPServerDisconnected() | smtplib.SMTPConnectError():
            return DeliveryFault.UNREACHABLE
        case smtplib.SMTPResponseException():
            later = 400 <= error.smtp_code < 500
            return DeliveryFault.LATER if later else DeliveryFault.MESSAGE_REFUSED
        case smtplib.SMTPException():
            return DeliveryFault.MESSAGE_REFUSED
    return DeliveryFault.UNREACHABLE

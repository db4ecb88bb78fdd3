"""E-mail: what is built, what stands in the outbox folder, and a server that really listens."""

from __future__ import annotations

import email
import email.policy
import os
import socket
import ssl
import stat
import threading
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from ipaddress import IPv4Address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from gateway.messages.delivery import DeliveryFailed, DeliveryFault
from gateway.messages.mail import Attachment, OutboxTransport, SmtpTransport, build_message

AT = datetime(2026, 9, 1, 3, 0, tzinfo=UTC)
TO = "person1@example.org"


def a_message(**changes: object) -> EmailMessage:
    arguments: dict[str, object] = {
        "sender": "school@example.org",
        "to": TO,
        "subject": "МБОУ СОШ № 28: нужен ваш ответ",
        "text": "Здравствуйте!\nhttps://example.org/p/abc\n",
        "message_id": "0192-ab",
        "date": AT,
    }
    return build_message(**(arguments | changes))  # type: ignore[arg-type]


class Sink:
    """The least of an SMTP server (RFC 5321): takes messages, refuses where `answers` says so."""

    def __init__(self, answers: dict[str, str], tls: ssl.SSLContext | None = None) -> None:
        self.answers = answers
        self.tls = tls
        self.received: list[bytes] = []
        self.envelopes: list[str] = []
        self.socket = _listening()
        self.port: int = self.socket.getsockname()[1]
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()

    def close(self) -> None:
        if self.thread.is_alive():
            self.socket.shutdown(socket.SHUT_RDWR)
            self.thread.join(5)
        self.socket.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            with connection, suppress(OSError):
                connection.sendall(self.answers.get("", "220 ready").encode() + b"\r\n")
                if self._talk(connection) and self.tls:
                    with self.tls.wrap_socket(connection, server_side=True) as inside:
                        self._talk(inside)

    def _talk(self, connection: socket.socket) -> bool:
        """True when the client goes on inside TLS."""
        wire = connection.makefile("rb")
        usual = {"DATA": "354 go on", "QUIT": "221 bye", "AUTH": "235 you may"}
        if self.tls:
            usual |= {"EHLO": "250-sink\r\n250-AUTH PLAIN\r\n250 STARTTLS", "STARTTLS": "220 go"}
        while line := wire.readline().decode():
            verb = line.split(maxsplit=1)[0].upper()
            answer = self.answers.get(verb, usual.get(verb, "250 fine"))
            connection.sendall(answer.encode() + b"\r\n")
            if verb in {"MAIL", "RCPT", "AUTH"}:
                self.envelopes.append(line.strip())
            if answer.startswith("354"):
                body = b""
                while (piece := wire.readline()) != b".\r\n":
                    body += piece.removeprefix(b".") if piece.startswith(b"..") else piece
                self.received.append(body)
                connection.sendall(self.answers.get("END", "250 taken").encode() + b"\r\n")
            if verb in {"QUIT", "STARTTLS"}:
                return verb == "STARTTLS"
        return False


def _listening() -> socket.socket:
    for port in range(20_000 + os.getpid() % 8_000, 32_000):
        try:
            return socket.create_server(("127.0.0.1", port))
        except OSError:
            continue
    raise AssertionError("no free port")


@pytest.fixture
def sink(request: pytest.FixtureRequest) -> Iterator[Sink]:
    server = Sink(getattr(request, "param", {}))
    yield server
    server.close()


def an_smtp(port: int, **more: object) -> SmtpTransport:
    return SmtpTransport("127.0.0.1", port, **({"starttls": False} | more))  # type: ignore[arg-type]


def test_a_message_reaches_the_server_as_it_was_built(sink: Sink) -> None:
    message = a_message(html="<p>Здравствуйте!</p>")
    an_smtp(sink.port).send(message)
    assert sink.envelopes[0].startswith("mail FROM:<school@example.org>")
    assert sink.envelopes[1] == f"rcpt TO:<{TO}>"
    got = email.message_from_bytes(sink.received[0], policy=email.policy.default)
    assert got["Subject"] == "МБОУ СОШ № 28: нужен ваш ответ"
    assert got["To"] == TO
    body = got.get_body(("plain",))
    assert body is not None
    assert "https://example.org/p/abc" in body.get_content()
    assert sink.received[0].isascii()


@pytest.mark.parametrize(
    ("sink", "fault", "permanent"),
    [
        pytest.param({"RCPT": "550 no such"}, DeliveryFault.ADDRESS_REFUSED, True, id="no box"),
        pytest.param({"RCPT": "450 grey"}, DeliveryFault.LATER, False, id="greylisted"),
        pytest.param({"MAIL": "550 who"}, DeliveryFault.MESSAGE_REFUSED, True, id="sender"),
        pytest.param({"END": "554 spam"}, DeliveryFault.MESSAGE_REFUSED, True, id="spam"),
        pytest.param({"END": "451 busy"}, DeliveryFault.LATER, False, id="busy"),
        pytest.param({"": "554 go away"}, DeliveryFault.UNREACHABLE, False, id="greeting"),
    ],
    indirect=["sink"],
)
def test_a_refusal_becomes_a_code_without_the_address(
    sink: Sink, fault: DeliveryFault, permanent: bool
) -> None:
    with pytest.raises(DeliveryFailed) as refused:
        an_smtp(sink.port).send(a_message())
    assert refused.value.code is fault
    assert refused.value.is_permanent is permanent
    assert TO not in repr(refused.value)
    assert refused.value.__suppress_context__


def test_nothing_goes_in_clear_when_starttls_is_wanted(sink: Sink) -> None:
    with pytest.raises(DeliveryFailed, match="NOT_ENCRYPTED"):
        SmtpTransport("127.0.0.1", sink.port).send(a_message())
    assert sink.envelopes == []


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Key and self-signed certificate of 127.0.0.1 in one PEM file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sink")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), True
        )
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "sink.pem"
    path.write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        + made.public_bytes(Encoding.PEM)
    )
    return path


@pytest.fixture
def tls_sink(certificate: Path) -> Iterator[Sink]:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    server = Sink({}, context)
    yield server
    server.close()


def test_login_and_message_go_inside_tls(tls_sink: Sink, certificate: Path) -> None:
    trusted = ssl.create_default_context(cafile=certificate)
    SmtpTransport("127.0.0.1", tls_sink.port, "school", "hidden", tls=trusted).send(a_message())
    assert tls_sink.envelopes[0].startswith("AUTH PLAIN")
    assert len(tls_sink.received) == 1


def test_a_wrong_login_is_told(tls_sink: Sink, certificate: Path) -> None:
    tls_sink.answers["AUTH"] = "535 no"
    trusted = ssl.create_default_context(cafile=certificate)
    with pytest.raises(DeliveryFailed, match="LOGIN_REFUSED"):
        SmtpTransport("127.0.0.1", tls_sink.port, "school", "x", tls=trusted).send(a_message())


def test_a_certificate_of_someone_else_is_refused(tls_sink: Sink) -> None:
    with pytest.raises(DeliveryFailed, match="NOT_ENCRYPTED"):
        SmtpTransport("127.0.0.1", tls_sink.port).send(a_message())
    assert tls_sink.envelopes == []


def test_a_server_that_is_not_there_is_unreachable(sink: Sink) -> None:
    sink.close()
    with pytest.raises(DeliveryFailed, match="UNREACHABLE"):
        an_smtp(sink.port).send(a_message())


def test_a_login_without_starttls_is_never_configured() -> None:
    with pytest.raises(ValueError, match="STARTTLS"):
        an_smtp(25, user="school", password="x")


def test_a_password_does_not_show() -> None:
    assert "hidden" not in repr(SmtpTransport("127.0.0.1", 25, "school", "hidden"))


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"subject": "Ответ\r\nBcc: other@example.org"}, id="line in subject"),
        pytest.param({"to": "a@example.org\nBcc: b@example.org"}, id="line in address"),
        pytest.param({"to": "a@example.org, b@example.org"}, id="two addresses"),
        pytest.param({"to": "Мама <a@example.org>"}, id="name in address"),
        pytest.param({"to": "nobody"}, id="no domain"),
        pytest.param({"sender": ""}, id="no sender"),
        pytest.param({"message_id": "../../etc/passwd"}, id="path in id"),
        pytest.param({"message_id": "a>\r\nX: 1"}, id="line in id"),
        pytest.param({"date": AT.replace(tzinfo=None)}, id="no zone"),
    ],
)
def test_nothing_can_be_smuggled_into_a_header(changes: dict[str, object]) -> None:
    with pytest.raises(DeliveryFailed) as refused:
        a_message(**changes)
    assert refused.value.args == (DeliveryFault.MESSAGE_UNFIT,)


def test_the_same_message_is_the_same_file(tmp_path: Path) -> None:
    outbox = OutboxTransport(tmp_path / "outbox")
    receipt = Attachment("receipt.pdf", "application/pdf", b"%PDF-1.7")
    for _ in range(2):
        outbox.send(a_message(html="<p>Да</p>", attachments=[receipt]))
        (file,) = (tmp_path / "outbox").iterdir()
        first = file.read_bytes()
        assert file.name == "0192-ab.eml"
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    outbox.send(a_message(html="<p>Да</p>", attachments=[receipt]))
    assert file.read_bytes() == first


def test_an_attachment_comes_out_whole() -> None:
    built = a_message(attachments=[Attachment("квитанция.pdf", "application/pdf", b"\x00\xff")])
    read = email.message_from_bytes(built.as_bytes(), policy=email.policy.default)
    (attached,) = read.iter_attachments()
    assert attached.get_content() == b"\x00\xff"
    assert attached.get_filename() == "квитанция.pdf"


def test_an_outbox_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DeliveryFailed, match="NOT_STORED"):
        OutboxTransport(tmp_path / "file").send(a_message())


def test_half_a_file_is_never_left(tmp_path: Path) -> None:
    (tmp_path / "0192-ab.eml").mkdir()
    with pytest.raises(DeliveryFailed, match="NOT_STORED"):
        OutboxTransport(tmp_path).send(a_message())
    assert [path.name for path in tmp_path.iterdir()] == ["0192-ab.eml"]


def test_a_foreign_message_id_names_no_file(tmp_path: Path) -> None:
    message = a_message()
    message.replace_header("Message-ID", "<../x@example.org>")
    with pytest.raises(DeliveryFailed, match="MESSAGE_UNFIT"):
        OutboxTransport(tmp_path).send(message)

"""A small mail server (RFC 5321, STARTTLS) that can be well, refuse, hang, or be away."""

from __future__ import annotations

import asyncio
import email
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from ipaddress import IPv4Address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from examples.demo.stage import free_port

HOST = "127.0.0.1"


class Mood(StrEnum):
    """AWAY closes the door; REFUSES answers 451 to every letter; HANGS says nothing."""

    WELL = "well"
    REFUSES = "refuses"
    HANGS = "hangs"
    AWAY = "away"


class MailServer:
    """`letters`: Message-ID -> how often it was taken. `asked`: connections so far."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.mood = Mood.WELL
        self.asked = 0
        self.letters: dict[str, int] = {}
        self.certificate = folder / "mail.pem"
        self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._tls.load_cert_chain(_certificate(self.certificate))

    async def serve(self, ready: threading.Event, stop: asyncio.Event) -> None:
        server = await asyncio.start_server(self._greet, HOST, self.port)
        ready.set()
        await stop.wait()
        server.close()

    async def _greet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.asked += 1
        with suppress(OSError, asyncio.IncompleteReadError, ssl.SSLError):
            if self.mood is Mood.HANGS:
                await reader.read()
            elif self.mood is not Mood.AWAY:
                await self._talk(reader, writer)
        writer.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async def say(line: str) -> None:
            writer.write(line.encode() + b"\r\n")
            await writer.drain()

        await say("220 mail.example.org")
        while line := (await reader.readline()).decode().strip():
            match line.split()[0].upper():
                case "EHLO":
                    await say("250-mail.example.org\r\n250 STARTTLS")
                case "STARTTLS":
                    await say("220 go on")
                    await writer.start_tls(self._tls)
                case "MAIL":
                    await say("451 later" if self.mood is Mood.REFUSES else "250 fine")
                case "DATA":
                    await say("354 go on")
                    letter = await reader.readuntil(b"\r\n.\r\n")
                    name = str(email.message_from_bytes(letter)["Message-ID"])
                    self.letters[name] = self.letters.get(name, 0) + 1
                    await say("250 taken")
                case "QUIT":
                    await say("221 bye")
                    return
                case _:
                    await say("250 fine")


def _certificate(path: Path) -> Path:
    """Key and certificate of this server alone, which is its own authority."""
    key, name = ec.generate_private_key(ec.SECP256R1()), _name("mail.example.org")
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address(HOST))]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(secret + signed.public_bytes(Encoding.PEM))
    return path


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


@contextmanager
def running_mail(folder: Path) -> Iterator[MailServer]:
    """A server in a thread of its own."""
    server = MailServer(folder)
    ready, stop, loop = threading.Event(), asyncio.Event(), asyncio.new_event_loop()

    def run() -> None:
        loop.run_until_complete(server.serve(ready, stop))
        for task in asyncio.all_tasks(loop):
            task.cancel()
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    ready.wait(10)
    try:
        yield server
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(10)

"""Settings of one process, read once from the environment. Nothing else reads it.

`read_settings` collects all faults and names variables, never values.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

LEADING, EVERYBODY = "leading", "everybody"
VECTORS = "SOGLASIE_VECTORS"  # where the suite finds outside test vectors; no setting of ours


@dataclass(frozen=True, slots=True)
class Host:
    """Whoever runs this service: legal name, address, and where families find it."""

    name: str
    address: str
    public_url: str

    def front(self, public_code: str) -> str:
        """Address of a school's page for families, which sends the personal link."""
        return f"{self.public_url}/s/{public_code}"


class SettingsFault(Exception):
    """One or more variables cannot be used; the text names them."""


def _text(value: str) -> str:
    if not value.strip():
        raise ValueError
    return value.strip()


def _url(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        raise ValueError
    return value.rstrip("/")


def _port(value: str) -> int:
    port = int(value)
    if not 0 < port < 65536:
        raise ValueError
    return port


def _count(value: str) -> int:
    number = int(value)
    if not 0 <= number <= 9:
        raise ValueError
    return number


def _positive(value: str) -> float:
    number = float(value)
    if not 0 < number < math.inf:
        raise ValueError
    return number


def _who(value: str) -> str:
    if value not in {LEADING, EVERYBODY}:
        raise ValueError
    return value


def _token(value: str) -> str:
    """Printable ASCII of 16 signs or more, as a header carries it."""
    if not re.fullmatch(r"[!-~]{16,}", value):
        raise ValueError
    return value


def _setting(parse: Callable[[str], Any], default: Any, meaning: str, secret: bool = False) -> Any:
    return field(default=default, repr=not secret, metadata={"parse": parse, "meaning": meaning})


@dataclass(frozen=True, slots=True)
class Settings:
    """Every setting: variable `SOGLASIE_<NAME>`, default, meaning (docs/runbook.md prints them)."""

    home: Path = _setting(Path, Path("var/home"), "directory of keys, database and outbox")
    database_url: str | None = _setting(
        _text, None, "SQLAlchemy URL; without it SQLite in the home", secret=True
    )
    public_url: str = _setting(
        _url, "http://127.0.0.1:8080", "address that families and the platform see"
    )
    host: str = _setting(_text, "127.0.0.1", "address to listen on")
    port: int = _setting(_port, 8080, "port to listen on")
    threads: int = _setting(_port, 8, "request threads of the embedded web process")
    proxies: int = _setting(
        _count, 0, "trusted proxies in front; each adds the address it saw to X-Forwarded-For"
    )
    journal_origin: str = _setting(
        _text, "soglasie.local/journal", "origin line of journal checkpoints"
    )
    processor_name: str = _setting(
        _text,
        "АНО «Оператор шлюза согласий»",
        "legal name of whoever runs this service (152-FZ art. 9(4) item 6)",
    )
    processor_address: str = _setting(
        _text, "680000, г. Хабаровск, ул. Примерная, д. 1", "and the address"
    )
    mail_from: str = _setting(_text, "soglasie@example.org", "sender of e-mail")
    smtp_host: str | None = _setting(
        _text, None, "SMTP server; without it letters become files in outbox/"
    )
    smtp_port: int = _setting(_port, 587, "its port")
    smtp_user: str | None = _setting(_text, None, "its user")
    smtp_password: str | None = _setting(_text, None, "its password", secret=True)
    metrics_token: str | None = _setting(
        _token, None, "bearer token for /metrics; without it nobody gets them", secret=True
    )
    second_factor: str = _setting(
        _who, LEADING, "who needs a second factor: `leading` (all but tutors) or `everybody`"
    )
    worker_pause: float = _setting(_positive, 0.2, "seconds between rounds of the worker")

    @property
    def as_host(self) -> Host:
        """What documents and letters say about us."""
        return Host(self.processor_name, self.processor_address, self.public_url)

    @property
    def database(self) -> str:
        """URL of the database in use."""
        return self.database_url or f"sqlite:///{(self.home / 'soglasie.db').absolute()}"

    @property
    def keys(self) -> Path:
        """Directory of the four rings."""
        return self.home / "keys"

    @property
    def outbox(self) -> Path:
        """Directory of letters and messages when there is no SMTP server."""
        return self.home / "outbox"


def read_settings(environ: Mapping[str, str]) -> Settings:
    """Settings from `SOGLASIE_*`. Raises `SettingsFault` naming every bad or unknown variable."""
    known = {f"SOGLASIE_{f.name.upper()}": f for f in fields(Settings)}
    given: dict[str, Any] = {}
    foreign = {n for n in environ if n.startswith("SOGLASIE_")} - known.keys()
    bad = sorted(foreign - {VECTORS})
    for name, setting in known.items():
        if name in environ:
            try:
                given[setting.name] = setting.metadata["parse"](environ[name])
            except ValueError:
                bad.append(name)
    if bad:
        raise SettingsFault("cannot use: " + ", ".join(sorted(bad)))
    return Settings(**given)

"""`python -m examples.platform_client --help`: the whole duty of a platform, command by command."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import httpx

from .keys import make_keys, read_keys
from .opening import BundleRefused, open_bundle
from .service import Service, ServiceRefused


def main(argv: Sequence[str] | None = None) -> int:
    """0: done; 1: refused by the service or by a check; 2: usage."""
    given = _arguments(argv)
    try:
        if given.command == "keys":
            print(make_keys(given.keys).public_jwks())
            return 0
        with Service(given.url, given.client_id, read_keys(given.keys)) as service:
            _run(service, given)
    except (ServiceRefused, BundleRefused, httpx.HTTPError, OSError, ValueError) as error:
        print(f"отказ: {error}", file=sys.stderr)
        return 1
    return 0


def _run(service: Service, given: argparse.Namespace) -> None:
    match given.command:
        case "list":
            for entry in service.bundles():
                print(json.dumps(entry, ensure_ascii=False))
        case "pull":
            _pull(service, given)
        case "recalls":
            for entry in service.recalls():
                print(json.dumps(entry, ensure_ascii=False))
        case "destroyed":
            now = datetime.now(UTC)
            print(json.dumps(service.confirm_destruction(given.recall, now, now)))


def _pull(service: Service, given: argparse.Namespace) -> None:
    """Pull, check, keep, and only then acknowledge: after that the service has no copy."""
    pulled = service.pull(given.bundle)
    document = open_bundle(pulled.content, read_keys(given.keys), service.jwks())
    given.out.mkdir(mode=0o700, parents=True, exist_ok=True)
    kept = given.out / f"{given.bundle}.json"
    kept.touch(mode=0o600)
    kept.write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n")
    if given.acknowledge:
        service.acknowledge(given.bundle, pulled.digest)
    counts = document["counts"]
    print(f"{kept}: учеников {counts['pupils']}, представителей {counts['guardians']}")


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="platform_client", description="Клиент платформы: забрать, проверить, подтвердить."
    )
    parser.add_argument("--keys", type=Path, required=True, help="файл с ключами клиента")
    parser.add_argument("--url", default="http://127.0.0.1:8080", help="адрес шлюза")
    parser.add_argument("--client-id", default="mesh", help="имя клиента в шлюзе")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("keys", help="создать ключи и напечатать открытые")
    commands.add_parser("list", help="что можно забрать")
    pull = commands.add_parser("pull", help="забрать, расшифровать и проверить")
    pull.add_argument("bundle", help="номер передачи")
    pull.add_argument("--out", type=Path, default=Path("."), help="куда сложить")
    pull.add_argument("--acknowledge", action="store_true", help="подтвердить получение")
    commands.add_parser("recalls", help="кого нужно уничтожить")
    destroyed = commands.add_parser("destroyed", help="подтвердить уничтожение")
    destroyed.add_argument("recall", help="номер отзыва")
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main())

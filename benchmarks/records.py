"""One person's record: sealed, opened, made from nothing; beside what others do for the same.

Peers do the same job with their own means: a key for the person, wrapped by a master key; the
record sealed under it; three keyed tokens to search by. Encrypted columns have no key of a person
and no tokens: they do less.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import importlib
import os
from collections.abc import Callable, Iterator
from uuid import UUID, uuid4

import sqlalchemy as sa
from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from benchmarks.places import Place
from benchmarks.sizes import Sizes
from benchmarks.timing import Contest, Cost, Goal, Side, measured
from crypto.envelope import DataKey, KeyClass, RecordKind, new_data_key
from crypto.providers import KekProvider
from gateway.store.vault import Vault, plain_items
from policies.facts import Field, Items
from policies.snils import check_number

SCHOOL = UUID(int=28)
UNIQUE = (Field.SNILS, Field.EMAIL, Field.PHONE)


def someone(number: int) -> Items:
    """Canonical items of invented person `number`."""
    head = f"{900_000_000 + number:09d}"
    return Items(
        {
            Field.FAMILY_NAME: "Синезябликова",
            Field.GIVEN_NAME: "Полина",
            Field.PATRONYMIC: "Антоновна",
            Field.BIRTH_DATE: "2015-03-08",
            Field.SNILS: head + check_number(head),
            Field.EMAIL: f"person{number}@example.org",
            Field.PHONE: f"+7900{number:07d}",
        }
    )


def contests(places: dict[str, Place], sizes: Sizes) -> Iterator[Contest]:
    """Sealing, opening and a new person. No database is met, so one engine's rings serve."""
    place = next(iter(places.values()))
    count = sizes.records
    people = [someone(number) for number in range(count)]
    plain = [plain_items(items) for items in people]
    with place.stage() as stage, stage.looking() as unit:
        kek, vault = stage.kek, unit.vault
        keys = [new_data_key(kek, SCHOOL, uuid4(), KeyClass.REGISTRY, 1)[0] for _ in range(count)]
        sealed = [
            key.seal(RecordKind.REGISTRY, text) for key, text in zip(keys, plain, strict=True)
        ]
        raw = Raw(plain)
        yield Contest(
            "record",
            "",
            Side("seal one record", lambda: _seal(keys, plain), count),
            ((Side("one raw AESGCM encrypt", raw.encrypt, count), Goal(most=2)),),
        )
        yield Contest(
            "record",
            "",
            Side("open one record", lambda: _open(keys, sealed, plain), count),
            ((Side("one raw AESGCM decrypt", raw.decrypt, count), Goal(most=2.6)),),
        )
        peers, missing = _peers(people, plain)
        yield Contest(
            "record",
            "",
            Side("new person", lambda: _new(vault, kek, people, plain), count),
            (
                (Side("one raw AESGCM encrypt", raw.encrypt, count), Goal(most=12)),
                *((peer, Goal(most=1)) for peer in peers),
            ),
            notes=tuple(missing),
        )


class Raw:
    """The cipher alone: one key, made once, and a fresh nonce for every call."""

    def __init__(self, plain: list[bytes]) -> None:
        self._plain = plain
        self._aead = AESGCM(os.urandom(32))
        self._nonces = [os.urandom(12) for _ in plain]
        self._sealed = [
            self._aead.encrypt(nonce, text, None)
            for nonce, text in zip(self._nonces, plain, strict=True)
        ]

    def encrypt(self) -> Cost:
        encrypt = self._aead.encrypt
        with measured() as cost:
            found = [encrypt(os.urandom(12), text, None) for text in self._plain]
        assert len(found) == len(self._plain)
        return cost

    def decrypt(self) -> Cost:
        decrypt = self._aead.decrypt
        with measured() as cost:
            found = [
                decrypt(nonce, text, None)
                for nonce, text in zip(self._nonces, self._sealed, strict=True)
            ]
        assert found == self._plain
        return cost


def _seal(keys: list[DataKey], plain: list[bytes]) -> Cost:
    kind = RecordKind.REGISTRY
    with measured() as cost:
        sealed = [key.seal(kind, text) for key, text in zip(keys, plain, strict=True)]
    assert keys[-1].open(RecordKind.REGISTRY, sealed[-1]) == plain[-1]
    return cost


def _open(keys: list[DataKey], sealed: list[bytes], plain: list[bytes]) -> Cost:
    kind = RecordKind.REGISTRY
    with measured() as cost:
        found = [key.open(kind, text) for key, text in zip(keys, sealed, strict=True)]
    assert found == plain
    return cost


def _new(vault: Vault, kek: KekProvider, people: list[Items], plain: list[bytes]) -> Cost:
    ids = [uuid4() for _ in people]
    kind, key_class = RecordKind.REGISTRY, KeyClass.REGISTRY
    with measured() as cost:
        for person, items, text in zip(ids, people, plain, strict=True):
            key, _ = new_data_key(kek, SCHOOL, person, key_class, 1)
            sealed = key.seal(kind, text)
            tokens = vault.tokens_of(SCHOOL, items)
    assert key.open(RecordKind.REGISTRY, sealed) == plain[-1]
    assert len(set(tokens.values())) == len(UNIQUE)
    return cost


def _peers(people: list[Items], plain: list[bytes]) -> tuple[list[Side], list[str]]:
    """Sides of the peers that are installed, and a line for each that is not."""
    known: dict[str, tuple[str, Callable[[list[Items], list[bytes]], Callable[[], Cost]]]] = {
        "cryptography.fernet": ("Fernet: key, wrap, seal, three HMAC", _fernet),
        "sqlalchemy_utils": ("SQLAlchemy-Utils: seven encrypted columns", _columns),
        "tink": ("Tink: keyset, wrap, seal, three HMAC", _tink),
    }
    found, missing = [], []
    for module, (name, make) in known.items():
        try:
            importlib.import_module(module)
        except ImportError:
            missing.append(f"{name}: {module} is not installed here, left out")
        else:
            found.append(Side(name, make(people, plain), len(people)))
    return found, missing


def _tokens(key: bytes, items: Items) -> list[bytes]:
    return [hmac.digest(key, f"{f}:{items.values[f]}".encode(), hashlib.sha256) for f in UNIQUE]


def _fernet(people: list[Items], plain: list[bytes]) -> Callable[[], Cost]:
    master, index = Fernet(Fernet.generate_key()), os.urandom(32)

    def turn() -> Cost:
        with measured() as cost:
            for items, text in zip(people, plain, strict=True):
                key = Fernet.generate_key()
                wrapped = master.encrypt(key)
                sealed = Fernet(key).encrypt(text)
                tokens = _tokens(index, items)
        assert Fernet(master.decrypt(wrapped)).decrypt(sealed) == plain[-1]
        assert len(tokens) == len(UNIQUE)
        return cost

    return turn


def _columns(people: list[Items], plain: list[bytes]) -> Callable[[], Cost]:
    encrypted = importlib.import_module("sqlalchemy_utils.types.encrypted.encrypted_type")
    column = encrypted.StringEncryptedType(
        sa.Text, base64.b64encode(os.urandom(24)).decode(), encrypted.AesGcmEngine
    )
    dialect = sa.create_engine("sqlite://").dialect

    def turn() -> Cost:
        with measured() as cost:
            for items in people:
                row = [column.process_bind_param(v, dialect) for v in items.values.values()]
        assert column.process_result_value(row[-1], dialect) == people[-1].values[Field.PHONE]
        return cost

    return turn


def _tink(people: list[Items], plain: list[bytes]) -> Callable[[], Cost]:
    tink = importlib.import_module("tink")
    aead = importlib.import_module("tink.aead")
    mac = importlib.import_module("tink.mac")
    aead.register()
    mac.register()
    template = aead.aead_key_templates.AES256_GCM
    master = tink.new_keyset_handle(template).primitive(aead.Aead)
    index = tink.new_keyset_handle(mac.mac_key_templates.HMAC_SHA256_128BITTAG)
    tagger = index.primitive(mac.Mac)
    serialised = tink.proto_keyset_format

    def turn() -> Cost:
        with measured() as cost:
            for items, text in zip(people, plain, strict=True):
                key = tink.new_keyset_handle(template)
                wrapped = serialised.serialize_encrypted(key, master, b"")
                sealed = key.primitive(aead.Aead).encrypt(text, b"")
                tags = [tagger.compute_mac(items.values[f].encode()) for f in UNIQUE]
        opened = serialised.parse_encrypted(wrapped, master, b"")
        assert opened.primitive(aead.Aead).decrypt(sealed, b"") == plain[-1]
        assert len(tags) == len(UNIQUE)
        return cost

    return turn

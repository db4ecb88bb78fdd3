"""All published texts. The product refuses to start when one is not what was published."""

from __future__ import annotations

import struct
import tomllib
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from consent_forms.form import ConsentForm, Element, RecipientRole
from consent_forms.linter import lint
from crypto import canonical
from policies.facts import Decision, Field, FormKind

TEXTS = Path(__file__).parent / "texts"
PINS = "pins.toml"
FILES = ("form.toml", "ru.html")
DOMAIN = b"sg/text/1\0"
# What a signature under a text may say.
DECIDED = {each.value: each for each in (Decision.GIVEN, Decision.REFUSED, Decision.WITHDRAWN)}


class CatalogueError(Exception):
    """A text cannot be trusted. The message names slug/version and what is wrong."""


class Catalogue:
    """Texts by slug and version. A programme pins both; there is no «current» text on purpose."""

    def __init__(self, forms: Mapping[tuple[str, str], ConsentForm]) -> None:
        self._forms = MappingProxyType(dict(forms))

    @classmethod
    def load(cls, root: Path = TEXTS) -> Catalogue:
        """Read every text, compare it with its pin and lint it. Raises `CatalogueError`."""
        pins = read_pins(root)
        found = published(root)
        for name in sorted(pins.keys() - set(found)):
            raise CatalogueError(f"{_name(name)}: pinned, but not there")
        forms = {}
        for name in found:
            if name not in pins:
                raise CatalogueError(f"{_name(name)}: not pinned")
            form = read_form(root, *name)
            if form.text_digest != pins[name]:
                raise CatalogueError(f"{_name(name)}: changed after it was published")
            if findings := lint(form):
                raise CatalogueError(
                    f"{_name(name)}: "
                    + ", ".join(f"{one.code} {one.element or '-'}" for one in findings)
                )
            forms[name] = form
        return cls(forms)

    def get(self, slug: str, version: str) -> ConsentForm:
        """The pinned text. Raises `CatalogueError`."""
        form = self._forms.get((slug, version))
        if form is None:
            raise CatalogueError(f"{slug}/{version}: no such text")
        return form

    def all(self) -> tuple[ConsentForm, ...]:
        """Every published text, ordered by slug and version."""
        return tuple(self._forms[name] for name in sorted(self._forms))


def published(root: Path = TEXTS) -> list[tuple[str, str]]:
    """(slug, version) of every folder. Raises `CatalogueError` for a folder that holds other files
    than form.toml and ru.html: what is not pinned must not be taken for a part of the text."""
    found = []
    for folder in sorted(path for path in root.glob("*/*") if path.is_dir()):
        name = (folder.parent.name, folder.name)
        if sorted(path.name for path in folder.iterdir()) != sorted(FILES):
            raise CatalogueError(f"{_name(name)}: must hold {' and '.join(FILES)}, nothing else")
        found.append(name)
    return found


def read_pins(root: Path = TEXTS) -> dict[tuple[str, str], str]:
    """(slug, version) -> text digest as it was published. Raises `CatalogueError`."""
    try:
        tables = tomllib.loads((root / PINS).read_text(encoding="utf-8"))
        return {
            (slug, version): str(digest)
            for slug, versions in tables.items()
            for version, digest in versions.items()
        }
    except (OSError, ValueError, AttributeError) as error:
        raise CatalogueError(f"{PINS}: cannot be read") from error


def text_digest(folder: Path) -> str:
    """SHA-256 of DOMAIN, L(form.toml), L(ru.html); L(x) is a u32 length, big-endian, and x."""
    parts = [(folder / name).read_bytes() for name in FILES]
    return canonical.digest(DOMAIN + b"".join(struct.pack(">I", len(one)) + one for one in parts))


def read_form(root: Path, slug: str, version: str) -> ConsentForm:
    """One text as it lies there, pinned or not. Raises `CatalogueError`."""
    folder = root / slug / version
    try:
        table = tomllib.loads((folder / "form.toml").read_text(encoding="utf-8"))
        form = ConsentForm(
            slug=table["slug"],
            version=table["version"],
            decision=DECIDED[table["decision"]],
            kinds=tuple(FormKind(kind) for kind in table["kinds"]),
            title=_text(table["title"]),
            purpose_group=_text(table["purpose_group"]),
            purposes=tuple(_text(purpose) for purpose in table["purposes"]),
            items=tuple(Field(item) for item in table["items"]),
            elements=MappingProxyType(
                {Element(name): anchor for name, anchor in table["elements"].items()}
            ),
            recipient_role=RecipientRole(table["recipient_role"]),
            text_digest=text_digest(folder),
            template=(folder / "ru.html").read_text(encoding="utf-8"),
        )
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise CatalogueError(f"{slug}/{version}: form.toml is not understood") from error
    if (form.slug, form.version) != (slug, version):
        raise CatalogueError(f"{slug}/{version}: calls itself {form.slug}/{form.version}")
    return form


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _name(name: tuple[str, str]) -> str:
    return "/".join(name)

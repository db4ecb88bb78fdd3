"""Programmes and texts of a folder read together: what a lawyer should look at before publishing.

Needs no home and no database. A clean folder is what the product would start on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from pathlib import Path

from consent_forms import programme_lint
from consent_forms.catalogue import FILES, CatalogueError, read_form, read_pins, text_digest
from consent_forms.form import ConsentForm
from consent_forms.linter import UNFIT, lint
from consent_forms.remarks import LintCode, LintFinding, said_ru, sentence
from consent_forms.toml_lines import line_of
from policies import programme as rules
from policies.programme import Programme
from policies.toml_reading import ProgrammeError

PROGRAMMES = ("policies/programmes", "programmes")
TEXTS = ("consent_forms/texts", "texts")
Name = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Remark:
    """`file`: from the folder that was read. `line`: from 1; None: the file as a whole."""

    file: str
    line: int | None
    code: LintCode
    text: str


@dataclass(frozen=True, slots=True)
class Inspection:
    """Remarks in the order of files and lines, and how much was read."""

    programmes: int
    texts: int
    remarks: tuple[Remark, ...]


def inspect_folder(root: Path) -> Inspection:
    """Read a checkout, or a folder with programmes/ and texts/. Raises `FileNotFoundError`."""
    reader = _Reader(root, _inside(root, PROGRAMMES), _inside(root, TEXTS))
    ordered = sorted(
        dict.fromkeys(reader.read()), key=lambda each: (each.file, each.line or 0, each.code)
    )
    return Inspection(len(reader.programmes), len(reader.texts), tuple(ordered))


def _inside(root: Path, names: tuple[str, str]) -> Path:
    for name in names:
        if (root / name).is_dir():
            return root / name
    raise FileNotFoundError(names[-1])


class _Reader:
    """`texts`, `programmes`: by slug and version; None for what is there and cannot be read."""

    def __init__(self, root: Path, programmes: Path, texts: Path) -> None:
        self._root, self._programmes, self._texts = root, programmes, texts
        self.texts: dict[Name, ConsentForm | None] = {}
        self.programmes: dict[Name, Programme | None] = {}

    def read(self) -> Iterator[Remark]:
        """Remarks as they come; one text of two kinds tells the same twice."""
        yield from self._read_texts()
        yield from self._read_programmes()
        used = set()
        for name, programme in self.programmes.items():
            if programme is not None:
                yield from self._fit(name, programme)
                used |= {(ref.slug, ref.version) for _, ref, *_ in programme_lint.refs(programme)}
        # A programme that cannot be read may be the one that uses the text.
        if None not in self.programmes.values():
            for slug, version in sorted(self.texts.keys() - used):
                path = self._texts / slug / version / FILES[0]
                yield self._told(path, LintFinding(LintCode.TEXT_UNUSED))

    def _read_texts(self) -> Iterator[Remark]:
        pins = self._pins(self._texts)
        if pins is None:
            yield self._told(self._texts / rules.PINS, LintFinding(LintCode.PINS_UNREADABLE))
        for folder in sorted(path for path in self._texts.glob("*/*") if path.is_dir()):
            name = (folder.parent.name, folder.name)
            self.texts[name] = None
            if sorted(path.name for path in folder.iterdir()) != sorted(FILES):
                yield self._unreadable(folder, f"нужны только файлы {' и '.join(FILES)}")
                continue
            if pins is not None:
                yield from self._pinned(pins, name, folder / FILES[1], text_digest(folder))
            try:
                form = read_form(self._texts, *name)
            except CatalogueError:
                yield self._unreadable(folder / FILES[0], "не хватает ключей или имя не то")
                continue
            found = lint(form)
            if not any(each.code in UNFIT for each in found):
                self.texts[name] = form
            yield from (self._told(folder / each.file, each) for each in found)
        yield from self._unused(self._texts, pins, self.texts.keys())

    def _read_programmes(self) -> Iterator[Remark]:
        pins = self._pins(self._programmes)
        if pins is None:
            yield self._told(self._programmes / rules.PINS, LintFinding(LintCode.PINS_UNREADABLE))
        for path in sorted(self._programmes.glob("*/*")):
            name = (path.parent.name, path.stem)
            self.programmes[name] = None
            try:
                rules.check_name(path)
                programme = rules.read_programme(name[0], path.read_bytes(), name[1])
            except ProgrammeError as broken:
                why = f"{broken.place or path.name} {said_ru(broken.what)}"
                code = LintCode.PROGRAMME_UNREADABLE
                yield self._told(path, LintFinding(code, detail=why, place=broken.place))
                continue
            self.programmes[name] = programme
            if pins is not None:
                yield from self._pinned(pins, name, path, programme.digest)
            yield from (self._told(path, each) for each in programme_lint.alone(programme))
        yield from self._unused(self._programmes, pins, self.programmes.keys())

    def _fit(self, name: Name, programme: Programme) -> Iterator[Remark]:
        path = self._programmes / name[0] / f"{name[1]}.toml"
        for each in programme_lint.with_texts(programme, self.texts):
            yield self._told(path, each)
        for _, ref, *_ in programme_lint.refs(programme):
            form = self.texts.get((ref.slug, ref.version))
            if form is not None:
                folder = self._texts / ref.slug / ref.version
                for each in programme_lint.terms_told(programme, form):
                    yield self._told(folder / each.file, each)

    def _pins(self, folder: Path) -> Mapping[Name, str] | None:
        try:
            return read_pins(folder) if folder == self._texts else rules.read_pins(folder)
        except (CatalogueError, ProgrammeError):
            return None

    def _pinned(
        self, pins: Mapping[Name, str], name: Name, path: Path, digest: str
    ) -> Iterator[Remark]:
        pin = pins.get(name)
        if pin != digest:
            code = LintCode.PIN_MISSING if pin is None else LintCode.PIN_DIFFERS
            yield self._told(path, LintFinding(code, detail="/".join(name)))

    def _unused(
        self, folder: Path, pins: Mapping[Name, str] | None, there: Set[Name]
    ) -> Iterator[Remark]:
        for name in sorted((pins or {}).keys() - there):
            found = LintFinding(LintCode.PIN_UNUSED, detail="/".join(name), place=".".join(name))
            yield self._told(folder / rules.PINS, found)

    def _unreadable(self, path: Path, why: str) -> Remark:
        return self._told(path, LintFinding(LintCode.TEXT_UNREADABLE, detail=why))

    def _told(self, path: Path, found: LintFinding) -> Remark:
        line = found.line
        if line is None and found.place and path.is_file():
            line = line_of(path.read_text(encoding="utf-8", errors="replace"), found.place)
        file = path.relative_to(self._root).as_posix()
        return Remark(file, line, found.code, sentence(found))

"""The whole of an invented region, phase by phase, and what was found wrong in the end.

A school is invented anew in every phase, so memory does not grow with the region.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from audit.verify import verify_pack
from crypto.keyring import RingName, create_ring, load_ring
from crypto.signing import NoteVerifier
from gateway.actions.initialise import initialise
from gateway.actions.inspect_journal import export_journal
from gateway.cli.invented import Fate, InventedSchool
from gateway.cli.rehearsed_school import SENT, RehearsedSchool, Stage
from gateway.store import schema
from gateway.unit import SYSTEM
from gateway.wiring import ring_path

_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
_STATM = Path("/proc/self/statm")


@dataclass(frozen=True, slots=True)
class Phase:
    """One phase over all schools. `persons` stand on the lists; `count` are acts of `what`.

    `first_rate`, `last_rate`: persons a CPU second in the first and the last tenth of the
    schools: a service that slows down with its size shows here. Memory in megabytes.
    """

    name: str
    what: str
    count: int
    persons: int
    seconds: float
    cpu_seconds: float
    first_rate: float
    last_rate: float
    rss_start: float
    rss_end: float

    @property
    def rate(self) -> float:
        """Persons a second of wall time."""
        return self.persons / self.seconds if self.seconds else 0.0


@dataclass
class Report:
    """What a rehearsal tells. `findings`: sentences; empty when everything held."""

    schools: int
    pupils: int
    seed: int
    engine: str
    persons: int = 0
    phases: list[Phase] = field(default_factory=list)
    findings: list[str] = field(default_factory=list)
    storm: dict[str, object] | None = None

    def told(self) -> dict[str, object]:
        """For JSON."""
        return asdict(self)


class Rehearsal:
    """Plays a region on a prepared stage. `heard` is told of every phase as it ends."""

    def __init__(
        self, stage: Stage, report: Report, today: date, heard: Callable[[Phase], None]
    ) -> None:
        self._stage = stage
        self._report = report
        self._today = today
        self._heard = heard
        self._schools: list[RehearsedSchool] = []

    def play(self) -> None:
        """Everything up to the last recall, then the look at the whole."""
        self._phase("основание", "школ", self._found)
        self._phase("приём списков", "человек", self._take_in)
        self._phase("ответы семей", "ответов", self._answer)
        self._phase("споры о контактах", "школ", self._settle)
        self._phase("сдача и выпуск", "школ", self._release)
        self._phase("передача", "учеников", self._pull)
        self._phase("поздние отзывы", "отзывов", self._late)
        self._phase("проверка журнала", "записей", self._verify)

    def _phase(self, name: str, what: str, act: Callable[[], Iterator[tuple[int, int]]]) -> None:
        """`act` yields (acts, persons) after every school."""
        rss, started, cpu = rss_megabytes(), time.monotonic(), time.process_time()
        marks: list[tuple[int, float]] = []
        count = 0
        for done, persons in act():
            count += done
            marks.append((persons, time.process_time()))
        tenth = max(1, len(marks) // 10)
        self._report.phases.append(
            Phase(
                name=name,
                what=what,
                count=count,
                persons=sum(persons for persons, _ in marks),
                seconds=time.monotonic() - started,
                cpu_seconds=time.process_time() - cpu,
                first_rate=_rate(marks[:tenth], cpu),
                last_rate=_rate(
                    marks[-tenth:], marks[-tenth - 1][1] if len(marks) > tenth else cpu
                ),
                rss_start=rss,
                rss_end=rss_megabytes(),
            )
        )
        self._heard(self._report.phases[-1])

    def _invented(self) -> Iterator[tuple[RehearsedSchool, InventedSchool]]:
        for number, school in enumerate(self._schools, start=1):
            yield school, self._listed(number)

    def _listed(self, number: int) -> InventedSchool:
        return InventedSchool(number, self._report.pupils, self._report.seed, self._today)

    # phases

    def _found(self) -> Iterator[tuple[int, int]]:
        for number in range(1, self._report.schools + 1):
            self._schools.append(RehearsedSchool.found(self._stage, number))
            yield 1, 1

    def _take_in(self) -> Iterator[tuple[int, int]]:
        for school, listed in self._invented():
            added = school.take_in(listed)
            school.agree_on_signature()
            self._stage.work()
            self._report.persons += added
            if added != len(listed.persons):
                self._wrong(school, "людей в реестре не столько, сколько в списке")
            yield added, added

    def _answer(self) -> Iterator[tuple[int, int]]:
        for school, listed in self._invented():
            yield school.answer_all(listed), len(listed.persons)

    def _settle(self) -> Iterator[tuple[int, int]]:
        """Claims, receipts and the journal of all answers: the worker's part."""
        self._stage.work()
        yield len(self._schools), self._report.persons

    def _release(self) -> Iterator[tuple[int, int]]:
        for school, listed in self._invented():
            school.hand_in()
            school.release()
            yield 1, len(listed.persons)

    def _pull(self) -> Iterator[tuple[int, int]]:
        """Some change their minds first: then a narrower revision leaves."""
        for school, listed in self._invented():
            school.withdraw(listed, Fate.CHANGES_MIND)
            self._stage.work()
            opened = school.pull()
            wanted = {p.child.snils for p in listed.pupils if p.fate in SENT}
            if not opened.pupils <= wanted:
                self._wrong(school, "в пакете есть ребёнок, чья семья не согласна")
            if not wanted <= opened.pupils:
                self._wrong(school, "в пакете нет ребёнка, чья семья согласна")
            if not opened.adds_up:
                self._wrong(school, "итоги пакета не сходятся")
            yield len(opened.pupils), len(listed.persons)

    def _late(self) -> Iterator[tuple[int, int]]:
        for school, listed in self._invented():
            done = school.withdraw(listed, Fate.WITHDRAWS_LATE)
            ids, _ = school.people_and_asks()
            gone = {ids[p.child.snils] for p in listed.pupils if p.fate is Fate.WITHDRAWS_LATE}
            if not gone <= school.recalled():
                self._wrong(school, "поздний отзыв не дошёл до платформы")
            yield done, len(listed.persons)
        self._stage.work()

    def _verify(self) -> Iterator[tuple[int, int]]:
        """Export the journal and check it as an auditor does, with the key from outside."""
        with TemporaryDirectory() as folder:
            pack = Path(folder) / "region.auditpack"
            with self._stage.units.open(SYSTEM) as unit, pack.open("wb") as out:
                entries = export_journal(unit, None, out).size
            verifier = NoteVerifier.from_vkey(self._stage.note_signer.vkey)
            told = verify_pack(pack, verifier)
        if told.findings or told.size != entries:
            self._report.findings.append("журнал не сходится")
        yield entries, self._report.persons

    def _wrong(self, school: RehearsedSchool, what: str) -> None:
        self._report.findings.append(f"{school.school_id}: {what}")


def prepare(stage: Stage) -> None:
    """An empty home: rings, an empty database, a platform, the first checkpoint."""
    stage.settings.keys.mkdir(mode=0o700)
    paths = {ring: ring_path(stage.settings, ring) for ring in RingName}
    for ring, path in paths.items():
        create_ring(path, ring, stage.clock())
    schema.upgrade(stage.settings.database)
    rings = [load_ring(path, ring) for ring, path in paths.items()]
    with stage.units.open(SYSTEM) as unit:
        initialise(unit, stage.kek, stage.index, rings)
    stage.add_platform()
    stage.work()


def rss_megabytes() -> float:
    """Memory of this process now; 0 where the system does not tell it."""
    if not _STATM.exists():
        return 0.0
    return int(_STATM.read_text().split()[1]) * _PAGE_BYTES / 1e6


def _rate(marks: list[tuple[int, float]], since: float) -> float:
    spent = marks[-1][1] - since if marks else 0.0
    return sum(persons for persons, _ in marks) / spent if spent else 0.0

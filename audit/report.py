"""What the verifier found, in codes for machines and Russian sentences for people."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from enum import IntEnum

SHOWN = 50  # findings a person is shown
LISTED = 1000  # findings in the JSON report


class Verdict(IntEnum):
    """The exit code of the verifier."""

    WHOLE = 0
    TAMPERED = 1
    INCOMPLETE = 2
    USAGE = 3


@dataclass(frozen=True, slots=True)
class Finding:
    """`idx`: index of the leaf; for earlier and known checkpoints their size; None: the pack."""

    code: str
    idx: int | None = None


# What cannot be checked for lack of something, as opposed to what has been changed.
UNVERIFIABLE = frozenset(
    {"note.unsigned", "known.unsigned", "known.beyond", "body.missing", "body.kind", "scope.empty"}
)

TEXTS = {
    "pack.truncated": "Файл обрывается.",
    "pack.size": "Файл или его часть больше дозволенного.",
    "pack.duplicate": "Один и тот же файл лежит в пакете дважды.",
    "pack.members": "В пакете слишком много файлов.",
    "pack.directory": "Оглавление пакета не соответствует содержимому.",
    "pack.name": "Недопустимое имя файла в пакете.",
    "pack.header": "Заголовок файла в пакете изменён.",
    "pack.crc": "Содержимое пакета повреждено или изменено.",
    "pack.missing": "В пакете нет нужного файла.",
    "pack.names": "Состав или порядок файлов не тот, что заявлен в описи.",
    "pack.line": "Строка записи обрывается или слишком длинна.",
    "manifest.form": "Опись пакета нарушена.",
    "manifest.differs": "Опись пакета расходится с подписанной отметкой.",
    "note.size": "Подписанная отметка слишком велика.",
    "note.utf8": "Подписанная отметка повреждена.",
    "note.control": "В подписанной отметке недопустимые знаки.",
    "note.form": "Подписанная отметка нарушена.",
    "note.line": "Строка подписи нарушена.",
    "note.base64": "Строка подписи нарушена.",
    "note.unsigned": "Отметка не подписана этим ключом.",
    "note.impostor": "Под именем или номером этого ключа стоит чужая подпись.",
    "note.repeated": "Подпись этого ключа стоит дважды.",
    "note.signature": "Подпись не сходится.",
    "checkpoint.form": "Отметка записана не по правилам.",
    "checkpoint.origin": "Отметка относится к другому журналу.",
    "earlier.note": "Прежняя отметка повреждена или подписана другим ключом.",
    "earlier.size": "Прежняя отметка стоит не на своём месте.",
    "earlier.differs": "Журнал не продолжает прежнюю отметку.",
    "known.unsigned": "Отметка, сохранённая у проверяющего, не подписана этим ключом.",
    "known.beyond": "Отметка, сохранённая у проверяющего, новее пакета.",
    "known.differs": "Журнал расходится с отметкой, сохранённой у проверяющего.",
    "leaf.form": "Запись нарушена.",
    "leaf.moment": "Время записи нарушено.",
    "leaf.index": "Номер записи не по порядку.",
    "leaf.log": "Запись из другого журнала.",
    "leaf.sequence": "Номер записи внутри школы не по порядку.",
    "leaf.time": "Время записи раньше, чем у предыдущей.",
    "leaf.repeated": "Событие внесено дважды.",
    "leaf.count": "Записей не столько, сколько подписано.",
    "root.differs": "Записи не сходятся с подписанным корнем.",
    "body.missing": "Содержание события отсутствует.",
    "body.changed": "Содержание события изменено.",
    "body.extra": "В пакете содержание события, которого нет в журнале.",
    "body.order": "Содержания событий переставлены.",
    "body.count": "Содержаний событий не столько, сколько заявлено в описи.",
    "body.place": "Содержание относится к другому событию или школе.",
    "body.kind": "Вид события этой проверке не известен.",
    "body.fields": "Поля события не те, что положены его виду.",
    "scope.empty": "В журнале нет событий названной школы.",
}


@dataclass(slots=True)
class Report:
    """Facts gathered before and despite the findings. `scope` None: bodies of the whole log."""

    log: str = ""
    size: int = 0
    root: str = ""
    events: int = 0
    bodies: int = 0
    scope: str | None = None
    checkpoints: int = 0
    known: int = 0
    findings: list[Finding] = field(default_factory=list)

    def add(self, code: str, idx: int | None = None) -> None:
        """Note one finding."""
        self.findings.append(Finding(code, idx))

    @property
    def verdict(self) -> Verdict:
        """Anything changed outweighs anything missing."""
        if not self.findings:
            return Verdict.WHOLE
        if all(finding.code in UNVERIFIABLE for finding in self.findings):
            return Verdict.INCOMPLETE
        return Verdict.TAMPERED

    def as_json(self) -> str:
        """One line; at most LISTED findings, `findings_total` counts them all."""
        return json.dumps(
            {
                "ok": self.verdict is Verdict.WHOLE,
                "verdict": self.verdict.name.lower(),
                "log": self.log,
                "size": self.size,
                "root": self.root,
                "events": self.events,
                "bodies": self.bodies,
                "scope": self.scope,
                "checkpoints": self.checkpoints,
                "known": self.known,
                "findings_total": len(self.findings),
                "findings": [
                    {"code": finding.code, "idx": finding.idx} for finding in self.findings[:LISTED]
                ],
            }
        )

    def as_text(self) -> str:
        """Lines for people, in Russian."""
        scope = "весь журнал" if self.scope is None else f"школа {self.scope}"
        lines = [
            f"Журнал: {self.log or 'не определён'}",
            f"Записей под подписью: {self.size}, прочитано: {self.events}",
            f"Корень: {self.root or 'не определён'}",
            f"Содержаний событий: {self.bodies} ({scope})",
            f"Прежних отметок в пакете: {self.checkpoints}, сохранённых у вас: {self.known}",
        ]
        for finding in self.findings[:SHOWN]:
            place = "" if finding.idx is None else f" № {finding.idx}"
            lines.append(f"  {finding.code}{place}: {TEXTS[finding.code]}")
        if len(self.findings) > SHOWN:
            lines.append(f"  … и ещё {len(self.findings) - SHOWN}")
        lines.append(_SUMMARY[self.verdict])
        return "\n".join(lines)


_SUMMARY = {
    Verdict.WHOLE: "Журнал цел.",
    Verdict.TAMPERED: "Журнал изменён или повреждён.",
    Verdict.INCOMPLETE: "Проверить целиком нельзя: чего-то не хватает.",
}

"""Steps 6 and 7: the platform takes the bundle; families withdraw before and after."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, date, datetime
from typing import Any

from examples.demo.asking import family_of, keep_receipt
from examples.demo.people import Pupil
from examples.demo.show import CLIENT_NAME, Show, Unexpected, expect, wait_for
from examples.demo.tell import of_pupils, plural
from examples.platform_client.opening import open_bundle
from examples.platform_client.service import Pulled, Service, ServiceRefused


def hand_over(show: Show) -> dict[str, Any]:
    """A family withdraws in the last moment; what the platform pulls is without it."""
    tell = show.tell
    tell.step(6, "Платформа забирает посылку")
    with _client(show) as platform:
        first = _listed(platform, 1)
        tell.did("Платформа", "Представилась своим ключом и увидела посылку в списке.")
        revision = 1
        if show.cast.leaves_early is not None:
            revision = 2
            _withdraw_early(show, platform, first, show.cast.leaves_early)
        listed = _listed(platform, revision)
        pulled = platform.pull(listed["id"])
        again = platform.pull(listed["id"])
        expect(pulled.content == again.content, "второй раз пришли другие байты")
        tell.did("Платформа", "Забрала посылку дважды: байты одинаковые.")
        document = open_bundle(pulled.content, show.keys, platform.jwks())
        _check(show, document, revision)
        tell.did(
            "Платформа",
            "Расшифровала; подпись, схема и суммы сходятся:"
            f" {of_pupils(len(document['pupils']))},"
            f" законных представителей {len(document['guardians'])}.",
        )
        _keep(show, pulled, document)
        platform.acknowledge(listed["id"], pulled.digest)
        gone = _refused(platform, listed["id"], 410)
        tell.did("Платформа", "Подтвердила получение.")
        tell.refused("Содержимое у службы уничтожено, остался отпечаток.", gone.detail)
    show.results |= {
        "released": len(document["pupils"]),
        "revision": revision,
        "bundle_sha256": pulled.digest,
    }
    return document


def _withdraw_early(show: Show, platform: Service, first: dict[str, Any], pupil: Pupil) -> None:
    sitting, ask = family_of(show, pupil)
    show.families.withdraw(sitting, ask)
    show.tell.did("Мама", f"{pupil.class_name}: отозвала согласие, пока посылку не забрали.")
    superseded = _refused(platform, first["id"], 409)
    show.tell.refused("Прежнюю посылку платформе не отдали.", superseded.detail)


def _check(show: Show, document: dict[str, Any], revision: int) -> None:
    """Who is in the bundle follows from what families said, and from nothing else."""
    left = [*show.cast.on_paper_diary, *filter(None, (show.cast.leaves_early,))]
    expected = {p.id for p in show.pupils} - {p.id for p in left}
    expect({p["id"] for p in document["pupils"]} == expected, "в посылке не те ученики")
    expect(document["revision"] == revision, "в посылке другой номер редакции")
    stated = {place["class"]: place["enrolled"] for place in document["counts"]["classes"]}
    listed = Counter(pupil.class_name for pupil in show.pupils)
    expect(stated == dict(listed), "классы в посылке неполные")


def _keep(show: Show, pulled: Pulled, document: dict[str, Any]) -> None:
    folder = show.folder / "platform"
    (folder / "bundle.jwe").write_bytes(pulled.content)
    (folder / "bundle.json").write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n")


def recall(show: Show, document: dict[str, Any]) -> None:
    """A parent withdraws after the acknowledgement: the platform destroys and says so."""
    tell, pupil = show.tell, show.cast.leaves_late
    tell.step(7, "Отзыв после передачи")
    show.results["recalled"] = 0
    if pupil is None:
        tell.note("Подходящей семьи на сегодня нет, эту сцену пропускаем.")
        return
    sitting, ask = family_of(show, pupil)
    given = show.families.withdraw(sitting, ask)
    keep_receipt(show, "withdrawal", sitting, given)
    tell.did("Мама", f"{pupil.class_name}: отозвала согласие. Квитанция об отзыве у неё.")
    expected = _only_for(document, pupil)
    with _client(show) as platform:
        entries: list[dict[str, Any]] = []

        def has_come() -> bool:
            entries[:] = platform.recalls()
            return len(entries) >= len(expected)

        wait_for("отзыв дошёл до платформы", has_come)
        expect({e["person_id"] for e in entries} == expected, "отозваны не те люди")
        gone = _refused(platform, entries[0]["bundle_id"], 410)
        tell.did(
            "Платформа",
            f"Увидела отзыв: {plural(len(entries), 'человек', 'человека', 'человек')},"
            f" уничтожить до {date.fromisoformat(entries[0]['due_on']):%d.%m.%Y}.",
        )
        tell.refused("Посылку больше не отдают.", gone.detail)
        now = datetime.now(UTC)
        for entry in entries:
            done = platform.confirm_destruction(entry["id"], now, now)
            expect(done["destroyed_at"] is not None, "уничтожение не записано")
    tell.did("Платформа", "Уничтожила их данные и подтвердила это.")
    show.results["recalled"] = len(entries)


def _only_for(document: dict[str, Any], pupil: Pupil) -> set[str]:
    """The pupil, and the guardians who were sent for this pupil alone."""
    own, others = set(), set()
    for sent in document["pupils"]:
        ids = {guardian["id"] for guardian in sent["guardians"]}
        if sent["id"] == pupil.id:
            own |= ids
        else:
            others |= ids
    return {pupil.id} | (own - others)


def _client(show: Show) -> Service:
    return Service(show.stage.url, CLIENT_NAME, show.keys)


def _listed(platform: Service, revision: int) -> dict[str, Any]:
    """The bundle of that revision, once a signed checkpoint covers it."""
    found: list[dict[str, Any]] = []

    def is_listed() -> bool:
        found[:] = [entry for entry in platform.bundles() if entry["revision"] == revision]
        return bool(found)

    wait_for("посылка появилась в списке платформы", is_listed)
    return found[0]


def _refused(platform: Service, bundle_id: str, status: int) -> ServiceRefused:
    try:
        platform.pull(bundle_id)
    except ServiceRefused as refused:
        expect(refused.status == status, f"ждали ответа {status}, пришёл {refused.status}")
        return refused
    raise Unexpected("посылку отдали, хотя не должны были")

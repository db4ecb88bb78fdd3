"""`soglasie bundle check`: judge released bundles again. It changes nothing and shows nobody.

Exit codes: 0 every bundle stands, 1 there are findings, 2 wrong use or nothing such.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from uuid import UUID

import click
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from audit.cover import Cover
from gateway.actions.check_bundle import Keys, check_bundle
from gateway.cli.opening import checked
from gateway.errors import NotFound
from gateway.settings import Settings
from gateway.store.released import ReleasedStore
from gateway.wiring import Wiring

SOUND, FOUND = 0, 1
BROKEN_JOURNAL = "Отметка журнала не наша, или записи журнала изменились после неё."


@click.group("bundle", help="Посылки платформе.")
def bundles() -> None:
    pass


def _platform_key(
    _context: click.Context, _option: click.Parameter, file: Path | None
) -> rsa.RSAPrivateKey | None:
    if file is None:
        return None
    try:
        key = load_pem_private_key(file.read_bytes(), None)
    except (OSError, ValueError, TypeError):
        key = None
    if not isinstance(key, rsa.RSAPrivateKey):
        raise click.BadParameter("это не закрытый ключ RSA в PEM без пароля")
    return key


@bundles.command("check", help="Проверить переданное заново. Код выхода: 0, 1 или 2.")
@click.option("--bundle", "bundle_id", type=click.UUID, help="одну посылку")
@click.option("--all", "all_of_them", is_flag=True, help="все посылки всех школ")
@click.option(
    "--platform-key",
    callback=_platform_key,
    type=click.Path(dir_okay=False, path_type=Path),
    help="закрытый ключ платформы (PEM), чтобы и вскрыть: только для учений",
)
@click.option("--json", "as_json", is_flag=True, help="ответ машине, а не человеку")
@click.pass_obj
def check(
    settings: Settings,
    bundle_id: UUID | None,
    all_of_them: bool,
    platform_key: rsa.RSAPrivateKey | None,
    as_json: bool,
) -> None:
    if all_of_them == (bundle_id is not None):
        raise click.UsageError("назовите одну посылку (--bundle) или все (--all)")
    wiring = checked(settings)
    try:
        keys = Keys(wiring.signing_keys, platform_key)
        count, findings = _look(wiring, keys, bundle_id)
    except NotFound:
        raise click.BadParameter("такой посылки нет", param_hint="--bundle") from None
    finally:
        wiring.close()
    if as_json:
        click.echo(json.dumps({"checked": count, "findings": findings}, ensure_ascii=False))
    else:
        for found in findings:
            places = (f"{name} {found[name]}" for name in ("bundle", "about") if found[name])
            click.echo(f"{found['text']} [{', '.join((str(found['code']), *places))}]")
        click.echo(f"Посылок проверено: {count}, замечаний: {len(findings)}.")
    sys.exit(FOUND if findings else SOUND)


def _look(
    wiring: Wiring, keys: Keys, bundle_id: UUID | None
) -> tuple[int, list[dict[str, str | None]]]:
    """How many were checked, and what was found. Raises `NotFound`.

    All in one reading transaction: the service may work on meanwhile.
    """
    findings: list[dict[str, str | None]] = []
    with wiring.looking(steady=True) as look:
        wanted = ReleasedStore(look.connection).bundle_ids() if bundle_id is None else [bundle_id]
        cover = Cover(look.connection, wiring.note_signer.verifier)
        if not cover.is_sound:
            findings.append(_finding("journal_broken", BROKEN_JOURNAL))
        for each in wanted:
            findings += (
                _finding(flaw.code, flaw.text, each, flaw.about)
                for flaw in check_bundle(look, each, cover, keys)
            )
    return len(wanted), findings


def _finding(
    code: str, text: str, bundle: UUID | None = None, about: UUID | None = None
) -> dict[str, str | None]:
    return {
        "bundle": None if bundle is None else str(bundle),
        "code": str(code),
        "about": None if about is None else str(about),
        "text": text,
    }

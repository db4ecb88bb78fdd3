"""The command `soglasie`: set up, serve, look after.

Exit codes: 0 done, 1 refused or found wanting, 2 wrong use. Nothing here prints a personal value.
"""

from __future__ import annotations

import os
import sys
from dataclasses import fields
from pathlib import Path

import click
from argon2 import PasswordHasher
from rich.console import Console
from rich.table import Table

from crypto.errors import CryptoError
from crypto.keyring import RingName, create_ring, load_ring
from gateway.actions.add_staff import add_staff, check_credentials
from gateway.actions.initialise import add_first_administrator, initialise
from gateway.actions.reset_factor import reset_factor
from gateway.actions.sign_in import canonical_login
from gateway.cli.bundles import bundles
from gateway.cli.forms import forms
from gateway.cli.importing import importing
from gateway.cli.opening import checked
from gateway.cli.rehearsing import rehearse
from gateway.errors import AlreadyExists, BadInput, GatewayError
from gateway.settings import Settings, SettingsFault, read_settings
from gateway.store import schema
from gateway.store.session import DatabaseFault, sqlite_file
from gateway.unit import SYSTEM
from gateway.web.form_codes import sentence
from gateway.wiring import GUARD, Wiring, ring_path, utc_now
from policies.passwords import LEAST_SIGNS
from policies.permissions import Role

WORDS = {"/login": "имя для входа", "/password": f"пароль (от {LEAST_SIGNS} знаков)"}


class Commands(click.Group):
    """A database that is away is told in one line; the driver's own words may name it."""

    def invoke(self, context: click.Context) -> object:
        try:
            return super().invoke(context)
        except DatabaseFault:
            raise click.ClickException(
                "база данных не отвечает или испорчена (SOGLASIE_DATABASE_URL, SOGLASIE_HOME)"
            ) from None
        except OSError as fault:
            where = fault.filename or "файл или адрес"
            raise click.ClickException(f"недоступно: {where} ({fault.strerror})") from None
        except UnicodeDecodeError:
            raise click.ClickException("файл пароля не в UTF-8") from None


@click.group(cls=Commands, help="Шлюз согласий: подготовка, запуск и присмотр.")
@click.pass_context
def main(context: click.Context) -> None:
    try:
        context.obj = read_settings(os.environ)
    except SettingsFault as fault:
        raise click.ClickException(f"настройки: {fault}") from None


main.add_command(importing)
main.add_command(forms)
main.add_command(rehearse)
main.add_command(bundles)


@main.command(help="Подготовить дом: ключи, базу, первого администратора. Можно повторять.")
@click.option("--login", default="admin", show_default=True, help="имя администратора")
@click.option("--password-file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.pass_obj
def init(settings: Settings, login: str, password_file: Path | None) -> None:
    os.umask(0o077)
    settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    settings.keys.mkdir(mode=0o700, exist_ok=True)
    console = Console()
    paths = {ring: ring_path(settings, ring) for ring in RingName}
    missing = [ring for ring, path in paths.items() if not path.exists()]
    if missing and _has_data(settings):
        names = ", ".join(sorted(ring.value for ring in missing))
        raise click.ClickException(
            f"не хватает связок ключей: {names}. База уже есть, новые ключи её не откроют."
            " Верните связки из копии."
        )
    if (settings.home / GUARD).exists() and not _has_data(settings):
        raise click.ClickException(
            "журнал этого дома уже подписан, а базы нет. Верните базу из копии: новая"
            " разошлась бы с тем, что видели другие."
        )
    try:
        for ring in missing:
            create_ring(paths[ring], ring, utc_now())
        schema.upgrade(settings.database)
        wiring = Wiring(settings)
        rings = [load_ring(path, ring) for ring, path in paths.items()]
        with wiring.units.open(SYSTEM) as unit:
            fresh = initialise(unit, wiring.kek, wiring.index, rings)
            is_new = not unit.staff.has_administrator()
        if is_new:
            login, hashed = _credentials(login, password_file)
            with wiring.units.open(SYSTEM) as unit:
                is_new = add_first_administrator(unit, login, hashed)
        wiring.check()
    except (CryptoError, GatewayError, schema.SchemaFault) as fault:
        raise click.ClickException(str(fault) or type(fault).__name__) from None
    console.print("Дом подготовлен." if fresh else "Дом был подготовлен раньше.")
    table = Table("связка", "ключ", "состояние", "контрольное значение")
    for made in rings:
        for key in made.keys:
            table.add_row(made.ring.value, f"{key.id:08x}", key.state.value, key.kcv)
    console.print(table)
    if is_new:
        console.print(f"Администратор {login}: добавлен.")
    else:
        console.print("Администратор уже есть, ничего не изменено.")
    wiring.close()


@main.group(help="Сотрудники.")
def user() -> None:
    pass


@user.command("add", help="Добавить администратора или аудитора (школьных добавляет он сам).")
@click.argument("login")
@click.option("--role", type=click.Choice(["administrator", "auditor"]), required=True)
@click.option("--password-file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.pass_obj
def user_add(settings: Settings, login: str, role: str, password_file: Path | None) -> None:
    login, hashed = _credentials(login, password_file)
    wiring = checked(settings)
    try:
        with wiring.units.open(SYSTEM) as unit:
            add_staff(unit, login, hashed, Role(role), None)
    except AlreadyExists:
        raise click.ClickException("такое имя уже занято") from None
    except BadInput as fault:
        raise click.ClickException(str(fault)) from None
    click.echo(f"Добавлен: {login} ({role}).")


@user.command("reset-2fa", help="Сбросить второй способ входа: телефон и запасные коды потеряны.")
@click.argument("login")
@click.pass_obj
def user_reset(settings: Settings, login: str) -> None:
    wiring = checked(settings)
    try:
        with wiring.units.open(SYSTEM) as unit:
            found = unit.staff.find(login=canonical_login(login))
            if found is None:
                raise click.ClickException("такого имени нет")
            reset_factor(unit, found.id)
    finally:
        wiring.close()
    click.echo("Сброшено. Сеансы закрыты; при следующем входе сотрудник настроит его заново.")


@main.command(help="Запустить веб-сервер и работника; Ctrl+C останавливает обоих.")
@click.pass_obj
def serve(settings: Settings) -> None:
    checked(settings).close()
    from gateway.cli.serving import serve_both

    sys.exit(serve_both(settings))


@main.command(help="Запустить одного работника (его запускает и serve).")
@click.option("--once", is_flag=True, help="один круг и выйти")
@click.pass_obj
def worker(settings: Settings, once: bool) -> None:
    from gateway.logs import set_up_logs
    from gateway.worker.rounds import Rounds
    from gateway.worker.run import run

    set_up_logs()
    wiring = checked(settings)
    if not once:
        run(wiring)
        return
    rounds = Rounds(wiring)
    rounds.once()
    wiring.close()
    if rounds.failed:
        raise click.ClickException(f"не выполнено: {', '.join(sorted(rounds.failed))}")


@main.group(help="Журнал.")
def audit() -> None:
    pass


@audit.command("vkey", help="Напечатать ключ, которым проверяют журнал. Передайте его аудитору.")
@click.pass_obj
def audit_vkey(settings: Settings) -> None:
    click.echo(checked(settings).note_signer.vkey)


@main.command(help="Привести базу к нынешней версии.")
@click.pass_obj
def upgrade(settings: Settings) -> None:
    try:
        done = schema.upgrade(settings.database)
    except schema.SchemaFault as fault:
        raise click.ClickException(str(fault)) from None
    click.echo(f"База приведена к версии {schema.HEAD}." if done else "База уже этой версии.")


@main.command("settings", help="Показать настройки, их переменные и значения по умолчанию.")
@click.pass_obj
def show_settings(settings: Settings) -> None:
    table = Table("переменная", "значение", "что это")
    for each in fields(Settings):
        value = getattr(settings, each.name)
        shown = "" if value is None else str(value) if each.repr else "(скрыто)"
        table.add_row(f"SOGLASIE_{each.name.upper()}", shown, each.metadata["meaning"])
    Console().print(table)


def _credentials(login: str, file: Path | None) -> tuple[str, str]:
    """The login in its one form, and the hash of the password."""
    password = _password(file)
    try:
        known = check_credentials(login, password)
    except BadInput as fault:
        said = (f"{WORDS[where]}: {sentence(code)}" for where, code in fault.fields.items())
        raise click.ClickException(" ".join(said)) from None
    return known, PasswordHasher().hash(password)


def _password(file: Path | None) -> str:
    """From a file (its first line), else asked on the terminal. Never from arguments."""
    password = (
        file.read_text(encoding="utf-8").partition("\n")[0].rstrip("\r")
        if file
        else click.prompt("Пароль", hide_input=True, confirmation_prompt=True)
    )
    return str(password)


def _has_data(settings: Settings) -> bool:
    """A database that was set up before."""
    file = sqlite_file(settings.database)
    if file is not None and not file.exists():
        return False
    wiring = Wiring(settings)
    try:
        with wiring.reading.connect() as connection:
            return schema.current(connection) is not None
    finally:
        wiring.close()

"""`soglasie forms`: programmes and texts, read before they are published. Needs no home."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click

from consent_forms.catalogue import TEXTS
from consent_forms.inspection import Inspection, inspect_folder

CHECKOUT = TEXTS.parents[1]


@click.group(help="Программы и тексты согласий.")
def forms() -> None:
    pass


@forms.command(
    help="Проверить программы и тексты: всё ли есть, чего требует закон, и то ли опубликовано."
    " FOLDER: папка с programmes и texts; без неё проверяются те, с которыми работает служба."
)
@click.argument(
    "folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=CHECKOUT,
    required=False,
)
@click.option("--json", "as_json", is_flag=True, help="напечатать JSON")
@click.pass_context
def lint(context: click.Context, folder: Path, as_json: bool) -> None:
    try:
        found = inspect_folder(folder)
    except FileNotFoundError as missing:
        raise click.BadParameter(f"в папке нет {missing}", param_hint="FOLDER") from None
    click.echo(_as_json(found) if as_json else _as_text(found))
    context.exit(1 if found.remarks else 0)


def _as_json(found: Inspection) -> str:
    return json.dumps(
        {
            "programmes": found.programmes,
            "texts": found.texts,
            "findings": [asdict(each) for each in found.remarks],
        },
        ensure_ascii=False,
        indent=2,
    )


def _as_text(found: Inspection) -> str:
    """One line a remark, as compilers write: an editor jumps to the place."""
    lines = [
        f"{each.file}:{each.line or 1}: {each.code.value} {each.text}" for each in found.remarks
    ]
    read = f"Прочитано: программ {found.programmes}, текстов {found.texts}."
    return "\n".join([*lines, f"{read} Замечаний: {len(lines) or 'нет'}."])

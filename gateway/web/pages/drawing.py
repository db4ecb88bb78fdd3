"""What every template may use: addresses of files, Russian dates, forms, marks of values.

Templates decide nothing: a value that is not there is an error, and every value is escaped.
"""

from __future__ import annotations

from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from babel.support import Translations
from flask import Flask
from flask_babel import Babel, format_date
from jinja2 import StrictUndefined
from markupsafe import Markup

from consent_forms.wording import ID_KINDS
from gateway.messages.texts import deadline_in_words, moment_in_words
from gateway.web.context import request_id
from gateway.web.pages.assets import asset
from gateway.web.pages.cookies import CSRF_FIELD, form_token
from gateway.web.pages.faults import current_faults, typed
from policies.contacts import shown_phone
from policies.fields import ABSENCE_LABELS_RU, PERSONAL
from policies.snils import format_snils

LANGUAGE = "ru"
TRANSLATIONS = "web/translations"
NO_BREAK = "\u00a0"


def set_up_drawing(app: Flask) -> None:
    """Strict templates, Russian dates, a catalogue of texts (Russian is what stands in them)."""
    app.jinja_options = {
        "undefined": StrictUndefined,
        "trim_blocks": True,
        "lstrip_blocks": True,
    }
    Babel(app, default_locale=LANGUAGE, default_timezone="UTC")
    # One language: its catalogue is opened once, not looked for at every text of a page.
    drawing: Any = app.jinja_env
    catalogue = Translations.load(Path(app.root_path) / TRANSLATIONS, [LANGUAGE])
    drawing.install_gettext_translations(catalogue, newstyle=True)
    app.jinja_env.globals.update(
        asset=asset,
        csrf_field=CSRF_FIELD,
        form_token=form_token,
        request_code=request_id,
        faults=current_faults,
        typed=typed,
        language=LANGUAGE,
        labels=PERSONAL,
        absences=ABSENCE_LABELS_RU,
        counted=counted,
        id_kinds=[(kind.value, _begun(words)) for kind, (words, _) in ID_KINDS.items()],
    )
    app.jinja_env.filters.update(
        day=day,
        moment=moment_in_words,
        clock=clock_time,
        deadline=deadline_in_words,
        phone=phone,
        snils=format_snils,
        kept_together=kept_together,
        numbered=numbered,
    )


def day(on: date) -> str:
    """«1 сентября 2026 г.», never broken between its parts."""
    words: str = format_date(on, "long")
    return words.replace(" ", NO_BREAK)


def clock_time(at: datetime, zone: str) -> str:
    """«14:35» by the school's clock."""
    local: time = at.astimezone(ZoneInfo(zone)).time()
    return f"{local:%H:%M}"


def counted(number: int, one: str, few: str, many: str) -> str:
    """«1 день», «3 дня», «12 дней»; the number does not part from its word."""
    tail, tens = number % 10, number % 100
    if tail == 1 and tens != 11:
        word = one
    elif tail in {2, 3, 4} and tens not in {12, 13, 14}:
        word = few
    else:
        word = many
    return f"{number}{NO_BREAK}{word}"


def phone(number: str) -> Markup:
    """A telephone as people read it, on one line, to be called by a tap."""
    dialled = "".join(sign for sign in number if sign.isdigit() or sign == "+")
    return Markup('<a class="nowrap" href="tel:{}">{}</a>').format(dialled, shown_phone(number))


def kept_together(text: str) -> Markup:
    """A number or a code that must not break across lines."""
    return Markup('<span class="nowrap">{}</span>').format(text)


def numbered(name: str) -> str:
    """A name whose «№» does not part from its number."""
    return name.replace("№ ", f"№{NO_BREAK}")


def _begun(words: str) -> str:
    """With a capital letter, the rest as it is."""
    return words[:1].upper() + words[1:]

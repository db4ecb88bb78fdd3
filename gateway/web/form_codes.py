"""Codes of fields that cannot be read, with the Russian sentence of each.

Codes of personal values are those of `policies.findings`; here stand the rest: codes of the
schemas and those that actions put into `BadInput`.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from policies.findings import Code, text_of

FORM_CODES: Mapping[str, str] = MappingProxyType(
    {
        # schemas
        "required": "Это поле обязательно.",
        "null": "Здесь не может быть пусто.",
        "type": "Здесь должно быть значение другого вида.",
        "invalid": "Значение не подходит.",
        "unknown_field": "Такого поля нет.",
        "duplicate_key": "Одно и то же поле названо дважды.",
        "empty": "Поле пустое.",
        "choose": "Выберите один из вариантов.",
        "represented": "Школа уже записала этого человека представителем.",
        "too_long": "Слишком длинно.",
        "too_short": "Слишком коротко.",
        "too_many": "Слишком много значений.",
        "character": "В тексте есть недопустимый знак.",
        "number_range": "Число вне допустимых пределов.",
        "choice_unknown": "Такого варианта нет.",
        "id_form": "Это не номер записи.",
        "date_form": "Дата пишется так: 2026-09-01.",
        "day_form": "Такого дня нет. Проверьте день, месяц и год.",
        "moment_form": "Время пишется так: 2026-09-01T09:00:00Z.",
        "moment_zone": "У времени не указан часовой пояс.",
        "digest_form": "Отпечаток состоит из 64 знаков 0-9 и a-f.",
        "cursor_form": "Это не отметка места из прошлого ответа.",
        "class_form": "Класс пишется так: 7А.",
        "code_form": "Код состоит из шести цифр.",
        "login_form": "Имя для входа: буквы, цифры и знаки . - _ @; от 3 до 64 знаков.",
        "client_form": "Имя системы: латинские буквы, цифры, точка, дефис; от 3 до 64 знаков.",
        "key_form": "Ключ повтора: от 1 до 64 видимых знаков ASCII без кавычек и запятых.",
        "inn_form": "В ИНН организации десять цифр.",
        "ogrn_form": "В ОГРН тринадцать цифр.",
        "grant_unsupported": "Выдача ключа другого вида не поддерживается.",
        # passwords
        "password_few_signs": "В пароле повторяются одни и те же знаки.",
        "password_row": "Это знаки подряд с клавиатуры или из алфавита. Возьмите несколько слов.",
        "password_common": "Такой пароль угадают первым. Возьмите несколько слов.",
        "password_login": "Пароль почти совпадает с именем для входа.",
        # actions
        "identity_unchecked": "Выберите, как проверили личность.",
        "scan_large": "Файл больше 5 МБ. Отсканируйте с меньшим качеством или по одной странице.",
        "scan_kind": "Это не PDF, JPEG и не PNG. Сохраните скан в одном из этих видов.",
        "scan_cut": "Файл обрывается. Отсканируйте страницу ещё раз.",
        "scan_active": "В этом PDF есть программы или вложения. Сохраните его как картинку.",
        "register_long": "В реестре слишком много записей для одного файла. Выберите класс.",
        "forms_none": "Печатать нечего: ни от кого не ждут ответа.",
        "scan_many": "К ответу приложено уже десять файлов.",
        "responsibility_unsaid": "Отметьте, что отвечаете за написанное.",
        "approval_unsaid": "Отметьте, что проверили числа.",
        "nothing_chosen": "Выберите файл или вставьте ячейки.",
        "zone_unknown": "Такого часового пояса нет.",
        "last_administrator": "Это последний администратор. Сначала заведите другого.",
        "jwks_form": "Это не набор ключей в виде JSON.",
        "role_place": "У роли в школе должна быть школа, у остальных её нет.",
        "programme_unknown": "Такой программы нет.",
        "deadline_order": "Срок сбора уже прошёл или раньше его начала.",
        "deadline_far": "До срока больше двух лет. Проверьте год.",
        "date_in_future": "Этот день ещё не наступил.",
        "date_order": "Моменты идут не по порядку.",
        "keys_unfit": "Нужны два открытых ключа: ES256 для подписи и RSA-OAEP-256 от 3072 бит.",
        "cell_unknown": "Такой ячейки в списке нет.",
        "column_twice": "Это уже выбрано для другого столбца.",
        "column_of_names": "Не осталось столбца с ФИО.",
        "nothing_repaired": "В этой ячейке ничего не исправлялось.",
        "too_many_events": "Событий больше, чем уместится в файл. Сузьте отбор.",
        "receipt_form": "В номере квитанции 16 знаков по четыре, например 7K4M-92QF-XW3T-A8ND.",
        "receipt_unsaid": "Впишите номер или выберите файл.",
        # facts of a document
        "missing": "Без этого документ составить нельзя.",
        "kind": "Это сведения для другого документа.",
        "item": "Этих сведений в документе нет.",
    }
)


def sentence(code: str) -> str:
    """Russian sentence of a form code or of a rule's code."""
    return FORM_CODES[code] if code in FORM_CODES else text_of(Code(code))

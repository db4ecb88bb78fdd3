"""What a rule can answer: a code, the thing it speaks of, and a Russian sentence by the code.

A finding never holds a personal value. Every code has its sentence in `TEXTS`: what is wrong
and what to do, two sentences at most.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from uuid import UUID

from policies.codes import Code as Code
from policies.facts import Field, FormKind

HINTS = frozenset(
    {
        Code.SNILS_UNCHECKABLE,
        Code.EMAIL_DOMAIN_MISTYPED,
        Code.CONTACT_DIFFERS,
        Code.REPRESENTATIVE_NOT_NEEDED,
        Code.AGE_AGAINST_CLASS,
        Code.NAMESAKES,
        Code.PATRONYMIC_EMPTY,
        Code.AGREEMENT_UNDATED,
        Code.AGREEMENT_OF_NOBODY,
        Code.PUPIL_NOT_LISTED,
        Code.FAMILY_ON_PAPER,
        Code.FILE_HIDDEN_ROWS,
        Code.FILE_HIDDEN_SHEETS,
        Code.FILE_SHEETS_UNREAD,
        Code.SNILS_ZERO_RESTORED,
        Code.NAME_LOOKALIKES_REPAIRED,
        Code.EMAIL_TIDIED,
        Code.DATE_FROM_SERIAL,
        Code.NUMBER_TIDIED,
        Code.NAME_TIDIED,
        Code.NAME_CASE,
        Code.DATE_TIDIED,
        Code.DATE_CENTURY,
        Code.CLASS_LETTER_REPAIRED,
    }
)
"""Codes worth a look that make no row doubtful and block nothing."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One remark.

    `about`: id of a pupil, guardian, class or school; None in a file check.
    `row`, `column`: a cell of an imported file (teacher's numbering, header's words).
    `field`, `form`: the item or the document in question; None when the remark has none.
    `representative`: 1 for the first representative of the row; None is the pupil.
    `other_row`: the earlier row that this one collides with.
    `part`: the entry of a paper («issued_on»).
    """

    code: Code
    about: UUID | None = None
    row: int | None = None
    column: str | None = None
    field: Field | None = None
    form: FormKind | None = None
    representative: int | None = None
    other_row: int | None = None
    part: str | None = None

    @property
    def is_hint(self) -> bool:
        """True when the remark asks for a look and blocks nothing."""
        return self.code in HINTS


def text_of(code: Code) -> str:
    """Russian sentence for people; the same wherever the code is shown."""
    return TEXTS[code]


TEXTS: MappingProxyType[Code, str] = MappingProxyType(
    {
        Code.NO_ANSWER: "Семья ещё не ответила. Напомните ей или запишите ответ с бумаги.",
        Code.ITEM_MISSING: "Не хватает сведений. Впишите их или укажите, почему их нет.",
        Code.ABSENCE_NOT_ACCEPTED: (
            "Без этих сведений платформа запись не примет. Спросите их у семьи."
        ),
        Code.CLAIM_PENDING: (
            "Проверяем, что телефон и почта никем больше не заняты. Подождите несколько минут."
        ),
        Code.CLAIM_CLASH: (
            "Телефон или почта заняты другим человеком. Семье отправлено письмо, ждём её ответа."
        ),
        Code.NO_REPRESENTATIVE: ("У ученика нет законного представителя. Впишите хотя бы одного."),
        Code.AUTHORITY_MISSING: (
            "Нет документа о правах представителя. Запишите его номер, дату и кем он выдан."
        ),
        Code.AUTHORITY_ENDED: (
            "Срок прав представителя закончился. Запишите новый документ или другого представителя."
        ),
        Code.CONSENT_REVOKED: (
            "Согласие снято: прав подписывать его у человека не было. Спросите законного"
            " представителя."
        ),
        Code.CONSENT_EXPIRED: "Срок согласия закончился. Попросите семью ответить снова.",
        Code.EVIDENCE_NOT_ACCEPTED: (
            "Такой вид подписи эта платформа не принимает. Попросите подписать другим способом."
        ),
        Code.AGREEMENT_MISSING: (
            "Нет соглашения с этим человеком о простой электронной подписи. Заключите его или"
            " возьмите согласие на бумаге."
        ),
        Code.FORM_OUTDATED: (
            "Согласие дано на прежнюю редакцию документа. Попросите ответить на новую."
        ),
        Code.FORM_TEXT_DIFFERS: (
            "Подписан не тот текст, который утверждён. Попросите семью ответить снова."
        ),
        Code.ITEMS_CHANGED: (
            "После согласия изменились имя, дата рождения или СНИЛС. Попросите семью ответить"
            " снова."
        ),
        Code.CHILD_CONSENT_REFUSED: (
            "Законный представитель не согласен передать данные ребёнка. Дневник будет бумажным."
        ),
        Code.PUPIL_REFUSED: "Ученик не согласен передать свои данные. Дневник будет бумажным.",
        Code.GUARDIAN_DATA_REFUSED: (
            "Ни один представитель не согласен передать свои данные. Дневник будет бумажным."
        ),
        Code.GUARDIANS_DISAGREE: (
            "Представители ответили по-разному. Пока они не договорятся, дневник будет бумажным."
        ),
        Code.FAMILY_NOT_REACHED: (
            "С семьёй не удалось связаться. Дневник будет бумажным, пока она не ответит."
        ),
        Code.NOT_ASKED: (
            "Этого человека об этом документе не спрашивают. Проверьте, тот ли документ выбран."
        ),
        Code.PUPIL_TOO_YOUNG: (
            "Ученику ещё рано подписывать самому. Ответить должен законный представитель."
        ),
        Code.PUPIL_OF_AGE: "Ученику уже 18 лет. Отвечает он сам.",
        Code.NOTHING_TO_WITHDRAW: (
            "Согласия нет, отзывать нечего. Если семья против, запишите отказ."
        ),
        Code.NOTHING_TO_INVALIDATE: "Записей нет, отменять нечего.",
        Code.CONTACT_CHANGED_BY_STAFF: (
            "Школа недавно изменила этот телефон или почту. Подписать через них можно через сутки,"
            " на бумаге — сразу."
        ),
        Code.ORDER_IN_FUTURE: "Приказ датирован днём, который ещё не наступил. Проверьте дату.",
        Code.ACTING_DAYS: "Последний день раньше первого или дальше года. Проверьте даты.",
        Code.ACTING_OVER: "Эти дни уже прошли. Задним числом полномочия не дают.",
        Code.ORAL_CONSENT: "На словах можно отказаться или отозвать. Согласие подписывают.",
        Code.IDENTITY_UNCHECKED: "Для согласия нужно увидеть документ того, кто подписал.",
        Code.CONTACT_OF_STAFF: (
            "Это телефон или почта сотрудника школы. Возьмите ответ на бумаге."
        ),
        Code.SIGNER_WOULD_BE_LOST: (
            "С этой датой рождения чья-то подпись стала бы не нужна."
            " Исправить её может школа, по документу."
        ),
        Code.CONTACT_SHARED: (
            "Этот телефон или почта записаны у нескольких семей. Возьмите ответ на бумаге."
        ),
        Code.NOT_WAITING: "Ученик ничего не ждёт. Оставлять его без передачи незачем.",
        Code.ATTEMPTS_TOO_FEW: (
            "Попыток связаться с семьёй мало. Нужны как минимум две в разные дни."
        ),
        Code.REASON_MISSING: "Причина не указана. Напишите её одним предложением.",
        Code.SECOND_PERSON_NEEDED: "Решение подтверждает другой человек. Попросите директора.",
        Code.FAMILY_NOT_TOLD: "Семье ещё не сообщили. Отправьте ей извещение.",
        Code.ENROLMENT_MISSING: (
            "Не указано, сколько учеников в классе. Впишите число по приказу."
        ),
        Code.ENROLMENT_MISMATCH: (
            "Учеников в списке не столько, сколько по приказу. Проверьте список и число."
        ),
        Code.CLASS_NOT_HANDED_IN: (
            "Классный руководитель ещё не сдал класс. Попросите его проверить и сдать."
        ),
        Code.CLASS_UNKNOWN: "Ученик записан в класс, которого нет. Укажите его класс.",
        Code.DEADLINE_PASSED: "Срок передачи прошёл. Передать сведения уже нельзя.",
        Code.CALENDAR_UNKNOWN: (
            "Выходных дней этого года система ещё не знает. Срок посчитайте вручную."
        ),
        Code.DOCUMENT_SERIES: (
            "Серия не подходит к документу. У паспорта это четыре цифры, у свидетельства о"
            " рождении — римское число и две русские буквы: II-ДВ."
        ),
        Code.DOCUMENT_NUMBER: (
            "Номер не подходит к документу. У паспорта и свидетельства о рождении это шесть цифр."
        ),
        Code.DOCUMENT_OFFICE: "Код подразделения состоит из шести цифр: 000-000.",
        Code.PAPER_FUTURE: "Дата документа ещё не наступила. Проверьте день и год.",
        Code.PAPER_BEFORE_BIRTH: (
            "Документ выдан раньше, чем человек родился. Проверьте обе даты."
        ),
        Code.PAPER_BEFORE_LAW: (
            "Дата раньше закона о персональных данных, то есть июля 2006 года. Проверьте год."
        ),
        Code.PAPER_ENDS_EARLY: "Срок закончился раньше, чем документ выдан. Проверьте обе даты.",
        Code.PAPER_NUMBER: "В номере нет ни цифры, ни буквы. Впишите его или «б/н».",
        Code.PASSPORT_TOO_EARLY: (
            "Паспорт выдают с 14 лет. Проверьте дату выдачи и вид документа."
        ),
        Code.INN_LENGTH: "В ИНН организации десять цифр, у человека двенадцать.",
        Code.INN_CHECK: "Не сходятся контрольные цифры ИНН. Сверьте его со свидетельством.",
        Code.SNILS_EMPTY: "СНИЛС не указан. Впишите 11 цифр.",
        Code.SNILS_LETTERS: "В СНИЛС есть лишние знаки. Оставьте только цифры.",
        Code.SNILS_LENGTH: "В СНИЛС должно быть 11 цифр. Проверьте, все ли вписаны.",
        Code.SNILS_REPEATED: "Такого СНИЛС не бывает: цифры одинаковые. Впишите настоящий.",
        Code.SNILS_CHECK: "Не сходится контрольное число. Проверьте последние две цифры СНИЛС.",
        Code.SNILS_UNCHECKABLE: (
            "У такого СНИЛС нет контрольного числа. Сверьте его с документом."
        ),
        Code.EMAIL_EMPTY: "Почта не указана. Впишите адрес.",
        Code.EMAIL_SPACES: "В адресе почты есть пробел. Уберите его.",
        Code.EMAIL_SEVERAL: "В ячейке несколько адресов: чей какой? Оставьте адрес этого человека.",
        Code.EMAIL_LETTERS: (
            "В адресе почты есть русские буквы там, где нужны латинские. Впишите адрес заново."
        ),
        Code.EMAIL_FORM: "Это не похоже на адрес почты. Он пишется так: ivanova@example.org.",
        Code.EMAIL_DOMAIN_MISTYPED: (
            "Возможно, в адресе почты опечатка после знака @. Проверьте его."
        ),
        Code.PHONE_EMPTY: "Телефон не указан. Впишите номер.",
        Code.PHONE_LETTERS: "В номере телефона есть буквы. Оставьте только цифры.",
        Code.PHONE_LENGTH: (
            "В номере телефона не столько цифр. Нужно 11, например 8 900 000-00-00."
        ),
        Code.PHONE_SEVERAL: (
            "В ячейке несколько телефонов: чей какой? Оставьте номер этого человека."
        ),
        Code.PHONE_EXTENSION: "Номер с добавочным не подходит. Впишите личный телефон.",
        Code.PHONE_UNKNOWN: "Такого номера телефона не бывает. Проверьте первые цифры.",
        Code.DATE_EMPTY: "Дата рождения не указана. Впишите её.",
        Code.DATE_FORM: "Дату не удалось прочитать. Напишите её так: 01.05.2012.",
        Code.DATE_IMPOSSIBLE: "Такого дня в календаре нет. Проверьте число и месяц.",
        Code.DATE_YEAR: "По двум цифрам год не понять. Напишите четыре.",
        Code.DATE_FUTURE: "Этот день ещё не наступил. Проверьте год рождения.",
        Code.DATE_TOO_OLD: "Получается больше 120 лет. Проверьте год рождения.",
        Code.NAME_EMPTY: "Имя не указано. Впишите его.",
        Code.NAME_DIGIT: "В имени есть цифра. Замените её буквой.",
        Code.NAME_CHARACTER: ("В имени есть лишний знак. Оставьте буквы, дефис и апостроф."),
        Code.NAME_MIXED_SCRIPT: (
            "В одном слове русские и латинские буквы. Наберите его на одной раскладке."
        ),
        Code.NAME_INITIALS: "Имя сокращено. Напишите его полностью.",
        Code.NAME_TOO_LONG: "Имя слишком длинное. Проверьте, не попало ли в ячейку лишнее.",
        Code.NAME_PARTS: (
            "Не понять, где фамилия, имя и отчество. Разнесите их по отдельным столбцам."
        ),
        Code.DUPLICATE_SNILS: (
            "Такой СНИЛС уже есть у другого человека в этом списке. Проверьте обе строки."
        ),
        Code.DUPLICATE_EMAIL: (
            "Такая почта уже есть у другого человека в этом списке. Каждому нужна своя."
        ),
        Code.DUPLICATE_PHONE: (
            "Такой телефон уже есть у другого человека в этом списке. Каждому нужен свой."
        ),
        Code.DUPLICATE_PUPIL: "Этот ученик уже есть в списке. Оставьте одну строку.",
        Code.SNILS_OF_ANOTHER: (
            "С этим СНИЛС в списке записаны другие имя или дата рождения. Сверьте обе строки."
        ),
        Code.CONTACT_DIFFERS: (
            "У этого человека в другой строке другие телефон или почта. Проверьте, какие верны."
        ),
        Code.REPRESENTATIVE_IS_PUPIL: (
            "Представителем записан сам ученик. Впишите законного представителя."
        ),
        Code.REPRESENTATIVE_TWICE: (
            "Один и тот же представитель записан дважды. Оставьте его один раз."
        ),
        Code.REPRESENTATIVE_TOO_YOUNG: ("Представителю меньше 18 лет. Проверьте дату рождения."),
        Code.REPRESENTATIVE_NOT_NEEDED: (
            "Ученику уже 18 лет. Данные представителей не нужны и переданы не будут."
        ),
        Code.AGE_AGAINST_CLASS: "Возраст не подходит к классу. Проверьте год рождения и класс.",
        Code.NAMESAKES: "В списке есть полный тёзка. Убедитесь, что это разные ученики.",
        Code.PATRONYMIC_EMPTY: "Отчество не указано. Если его нет, ничего не меняйте.",
        Code.CLASS_MISSING: "Класс не указан. Впишите его, например 7А.",
        Code.RELATION_UNKNOWN: (
            "Не понять, кем приходится представитель. Напишите: мать, отец, опекун, попечитель."
        ),
        Code.ABSENCE_UNKNOWN: ("Не понять, почему сведений нет. Выберите причину из списка."),
        Code.ROW_NAMELESS: "В строке нет имени ученика или класса. Допишите их.",
        Code.NAME_SEVERAL: "В ячейке несколько человек. Запишите каждого в свою ячейку.",
        Code.NUMBER_CUT: "Таблица сократила номер, часть цифр пропала. Впишите его заново.",
        Code.AGREEMENT_UNREADABLE: (
            "Не понять номер и дату соглашения. Напишите так: № 12 от 01.09.2026."
        ),
        Code.AGREEMENT_UNDATED: (
            "У соглашения нет дня. Оно не записано: напишите, например, № 12 от 01.09.2026."
        ),
        Code.AGREEMENT_OF_NOBODY: (
            "Соглашение стоит у представителя, которого в строке нет. Перенесите его к тому, с кем"
            " оно заключено."
        ),
        Code.REPAIR_UNDONE: "Исправление отменено. Впишите, как должно быть.",
        Code.ROSTER_SHRINKS: (
            "В новом списке нет больше десятой части класса. Проверьте, весь ли это список, и"
            " подтвердите запись."
        ),
        Code.PUPIL_NOT_LISTED: (
            "Ученика нет в новом списке, в классе он остаётся. Если выбыл, запишите приказ."
        ),
        Code.FAMILY_ON_PAPER: (
            "Дневник бумажный, сведения семьи уничтожены. Эта строка записана не будет."
        ),
        Code.FILE_EMPTY: "Файл пустой. Выберите другой.",
        Code.FILE_NOT_A_TABLE: "Это не таблица. Сохраните список как XLSX или CSV.",
        Code.FILE_BROKEN: "Файл не открывается. Сохраните его заново и попробуйте ещё раз.",
        Code.FILE_ENCRYPTED: "Файл закрыт паролем. Снимите пароль и загрузите снова.",
        Code.FILE_TOO_BIG: "Файл слишком большой. Оставьте в нём один список без картинок.",
        Code.FILE_TOO_MANY_ROWS: "В файле слишком много строк. Разделите его на части.",
        Code.FILE_UNPACKS_TOO_BIG: (
            "Внутри файла слишком много данных. Скопируйте список в новый файл."
        ),
        Code.FILE_ENCODING: "Буквы в файле не читаются. Сохраните его как XLSX.",
        Code.FILE_SEVERAL_SHEETS: "В файле несколько заполненных листов. Оставьте один.",
        Code.FILE_HIDDEN_ROWS: "В файле есть скрытые строки, они тоже прочитаны. Проверьте их.",
        Code.FILE_HIDDEN_SHEETS: (
            "В файле есть скрытый лист со списком, он не прочитан. Покажите его или удалите."
        ),
        Code.FILE_SHEETS_UNREAD: (
            "Не прочитан лист, на котором есть люди: над ними нет названий столбцов или лист"
            " назван как образец или архив. Проверьте, не нужен ли он."
        ),
        Code.HEADER_NOT_FOUND: ("Не нашли строку с названиями столбцов. Добавьте её над списком."),
        Code.COLUMN_MISSING: "Нет нужного столбца. Добавьте его или укажите, какой это столбец.",
        Code.COLUMN_TWICE: "Два столбца об одном и том же. Переименуйте или удалите один из них.",
        Code.COLUMNS_MISREAD: (
            "Ошибок слишком много: похоже, столбцы поняты неверно. Проверьте их названия."
        ),
        Code.SNILS_ZERO_RESTORED: "Вернули ноль в начале СНИЛС, контрольное число сошлось.",
        Code.NAME_LOOKALIKES_REPAIRED: (
            "Заменили латинские буквы похожими русскими. Проверьте имя."
        ),
        Code.EMAIL_TIDIED: "Убрали из адреса почты лишнее и сделали буквы строчными.",
        Code.DATE_FROM_SERIAL: "Поняли число из таблицы как дату. Проверьте её.",
        Code.NUMBER_TIDIED: "Убрали из номера лишние знаки.",
        Code.NAME_TIDIED: "Убрали из имени лишние знаки.",
        Code.NAME_CASE: "Заменили заглавные или строчные буквы имени.",
        Code.DATE_TIDIED: "Убрали из даты лишние знаки.",
        Code.DATE_CENTURY: "Дописали год из двух цифр по возрасту. Проверьте дату.",
        Code.CLASS_LETTER_REPAIRED: "Заменили латинскую букву класса русской. Проверьте класс.",
    }
)

"""The one place that knows what a refusal is over HTTP (RFC 9457).

A row answers for its exception and for everything that inherits it; `Exception` is in the table,
so a look-up cannot fail. No text of a foreign exception reaches an answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from werkzeug import exceptions as http

from crypto.errors import OpenError
from gateway import errors as e
from gateway.store.session import DatabaseBusy, DatabaseDown


@dataclass(frozen=True, slots=True)
class Problem:
    """`slug`: last part of the type's address. `title`, `detail`: Russian, for people.

    `headers` go with every answer of the row.
    """

    slug: str
    status: int
    title: str
    detail: str
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def code(self) -> str:
        """Stable code for programs: the slug with underscores."""
        return self.slug.replace("-", "_")

    @property
    def type(self) -> str:
        """Address of the page that explains the problem."""
        return f"/problems/{self.slug}"


def _again_in(seconds: int) -> Mapping[str, str]:
    return {"Retry-After": str(seconds)}


_ASK_AGAIN = "Ничего не потеряно. Повторите запрос чуть позже."

PROBLEMS: Mapping[type[Exception], Problem] = MappingProxyType(
    {
        # who asks
        e.NotAuthenticated: Problem(
            "not-authenticated",
            401,
            "Вход не выполнен",
            "Имя, пароль или сеанс не подошли. Войдите и повторите запрос.",
            {"WWW-Authenticate": "Bearer"},
        ),
        e.TokenInvalid: Problem(
            "token-invalid",
            401,
            "Ключ доступа не принят",
            "Получите новый ключ доступа и повторите запрос.",
            {"WWW-Authenticate": 'Bearer error="invalid_token"'},
        ),
        e.NotAllowed: Problem(
            "not-allowed",
            403,
            "Это действие вам не разрешено",
            "Его может выполнить сотрудник с другой ролью. Попытка записана в журнал.",
        ),
        e.SecondPersonNeeded: Problem(
            "second-person-needed",
            403,
            "Нужен второй человек",
            "Подготовить и утвердить должны разные люди. Попросите коллегу.",
        ),
        e.OwnFamily: Problem(
            "own-family",
            403,
            "Это ваша семья",
            "За свою семью вы отвечаете как родитель. Записать это может только коллега.",
        ),
        e.SecondFactorNeeded: Problem(
            "second-factor-needed",
            403,
            "Вход не завершён",
            "Введите код из приложения на телефоне. Если его ещё нет, подключите приложение.",
        ),
        e.SecondFactorStale: Problem(
            "second-factor-stale",
            403,
            "Подтвердите, что это вы",
            "Введите код из приложения ещё раз: с прошлого прошло больше пяти минут.",
        ),
        e.FactorWrong: Problem(
            "second-factor-wrong",
            403,
            "Подтверждение не подошло",
            "Код не подошёл. Дождитесь следующего кода в приложении: каждый принимается один раз.",
        ),
        e.NotFound: Problem(
            "not-found",
            404,
            "Не найдено",
            "Здесь такого нет. Проверьте номер.",
        ),
        e.LinkUnknown: Problem(
            "link-unknown",
            404,
            "Такой ссылки нет",
            "Скопируйте ссылку из письма целиком или попросите школу прислать её ещё раз.",
        ),
        # what was sent
        e.BadInput: Problem(
            "bad-input",
            422,
            "Запрос не удалось прочитать",
            "Исправьте перечисленные поля и отправьте снова.",
        ),
        e.FormStale: Problem(
            "form-stale",
            400,
            "Страница устарела",
            "Вернитесь назад, обновите страницу и отправьте форму ещё раз.",
        ),
        e.UnreadableList: Problem(
            "unreadable-list",
            422,
            "Список не удалось прочитать",
            "Сохраните список как XLSX или CSV и загрузите снова.",
        ),
        e.RulesBroken: Problem(
            "rules-broken",
            422,
            "Правила этого не позволяют",
            "Устраните перечисленные причины и повторите.",
        ),
        e.KeyReused: Problem(
            "idempotency-key-reused",
            422,
            "Ключ повтора занят",
            "Этим ключом уже помечен другой запрос. Для нового запроса возьмите новый ключ.",
        ),
        # how things stand
        e.Conflict: Problem(
            "conflict",
            409,
            "Сейчас это невозможно",
            "Положение изменилось. Обновите сведения и решите заново.",
        ),
        e.RepeatInProgress: Problem(
            "repeat-in-progress",
            409,
            "Такой же запрос ещё выполняется",
            "Повторите через секунду: придёт ответ на первый запрос.",
            _again_in(1),
        ),
        e.StaleWrite: Problem(
            "precondition-failed",
            412,
            "Сведения уже изменил кто-то другой",
            "Прочитайте их заново и решите, нужна ли ваша правка.",
        ),
        e.ReviewStale: Problem(
            "review-stale",
            409,
            "Просмотр устарел",
            "Список или реестр изменились после просмотра. Просмотрите список ещё раз.",
        ),
        e.ImportClosed: Problem(
            "import-closed",
            409,
            "Эта загрузка закрыта",
            "Она уже записана или отменена. Загрузите список заново.",
        ),
        e.DigestMismatch: Problem(
            "digest-mismatch",
            409,
            "Подписывается не то, что показано",
            "Сведения изменились после показа. Прочитайте документ ещё раз.",
        ),
        e.AlreadyApproved: Problem(
            "already-approved",
            409,
            "Передача уже утверждена",
            "У этого сбора есть утверждённая передача, второй не бывает.",
        ),
        e.SetGrown: Problem(
            "set-grown",
            409,
            "Состав изменился",
            "После подготовки кто-то добавился или изменились сведения. Подготовьте снова.",
        ),
        e.NothingToWithdraw: Problem(
            "nothing-to-withdraw",
            409,
            "Отзывать нечего",
            "Действующего согласия нет, поэтому данные и так не передаются.",
        ),
        e.AlreadyExists: Problem(
            "already-exists",
            409,
            "Такое уже есть",
            "Имя занято или сбор уже открыт. Выберите другое имя или продолжите начатое.",
        ),
        e.BundleSuperseded: Problem(
            "bundle-superseded",
            409,
            "Посылка заменена",
            "Семья отозвала согласие. Новая, более узкая посылка появится в списке.",
        ),
        e.BundleNotPulled: Problem(
            "bundle-not-pulled",
            409,
            "Подтверждать нечего",
            "Посылку не забирали, или её отпечаток другой. Заберите её заново.",
        ),
        e.TooLate: Problem(
            "deadline-passed",
            409,
            "Срок сбора истёк",
            "Согласие и передача уже невозможны. Отозвать согласие можно в любой день.",
        ),
        e.PassportMissing: Problem(
            "passport-missing",
            409,
            "Не заполнен паспорт школы",
            "Без названия, адреса, поручения и актов документ составить нельзя.",
        ),
        e.PlatformMissing: Problem(
            "platform-missing",
            409,
            "Платформа ещё не подключена",
            "Передавать пока некому. Попросите администратора подключить платформу.",
        ),
        # what is gone
        e.Gone: Problem(
            "gone",
            410,
            "Этого больше нет",
            "Оно было, но не вернётся.",
        ),
        e.LinkSpent: Problem(
            "link-spent",
            410,
            "Ссылка уже использована",
            "Попросите новую ссылку: она придёт на вашу почту.",
        ),
        e.LinkExpired: Problem(
            "link-expired",
            410,
            "Срок ссылки истёк",
            "Попросите новую ссылку: она придёт на вашу почту.",
        ),
        e.LinkReplaced: Problem(
            "link-replaced",
            410,
            "Ссылка больше не действует",
            "Откройте ссылку из последнего письма школы."
            " Письма нет? Попросите школу прислать новую.",
        ),
        e.BundleWithdrawn: Problem(
            "bundle-withdrawn",
            410,
            "Содержимое посылки уничтожено",
            "Её получение подтверждено, или семья отозвала согласие. Отпечаток сохранён.",
        ),
        # codes
        e.CodeWrong: Problem(
            "code-wrong",
            403,
            "Код не подошёл",
            "Проверьте код в последнем сообщении и введите его ещё раз.",
        ),
        e.CodeExpired: Problem(
            "code-expired",
            403,
            "Код устарел",
            "Код действует десять минут. Попросите новый.",
        ),
        e.CodeSpent: Problem(
            "code-spent",
            403,
            "Попытки закончились",
            "Код ввели неверно пять раз. Попросите новый.",
        ),
        e.CodeNotSent: Problem(
            "code-not-sent",
            403,
            "Код ещё не отправлен",
            "Сначала попросите код: он придёт на ваш телефон.",
        ),
        e.TooManyAttempts: Problem(
            "too-many-attempts",
            429,
            "Слишком часто",
            "Подождите немного и попробуйте снова.",
        ),
        # what is ours to fix
        e.NotReady: Problem("not-ready", 503, "Сервис ещё не готов", _ASK_AGAIN, _again_in(1)),
        e.JournalBehind: Problem(
            "journal-behind",
            503,
            "Журнал ещё не подписан",
            "Это займёт секунду. Повторите запрос.",
            _again_in(1),
        ),
        DatabaseDown: Problem(
            "database-down", 503, "База данных недоступна", _ASK_AGAIN, _again_in(5)
        ),
        DatabaseBusy: Problem("database-busy", 503, "База данных занята", _ASK_AGAIN, _again_in(1)),
        OpenError: Problem(
            "record-unreadable",
            500,
            "Запись не открывается",
            "Она повреждена или лежит не на своём месте. Сообщите администратору номер запроса.",
        ),
        # what the framework refuses
        http.BadRequest: Problem(
            "malformed-request",
            400,
            "Запрос испорчен",
            "Тело запроса не читается: нужен один JSON в UTF-8.",
        ),
        http.NotFound: Problem(
            "no-such-address",
            404,
            "Такого адреса нет",
            "Проверьте адрес по описанию: /openapi.json.",
        ),
        http.MethodNotAllowed: Problem(
            "method-not-allowed",
            405,
            "Так к этому адресу не обращаются",
            "Допустимые способы названы в заголовке Allow.",
        ),
        http.RequestEntityTooLarge: Problem(
            "too-large",
            413,
            "Запрос слишком большой",
            "Помещается не больше шести мегабайт. Оставьте в файле один список без картинок.",
        ),
        http.UnsupportedMediaType: Problem(
            "unsupported-media-type",
            415,
            "Такой вид данных не принимается",
            "Нужный Content-Type назван в описании: /openapi.json.",
        ),
        http.HTTPException: Problem(
            "request-refused",
            400,
            "Запрос не принят",
            "Проверьте запрос по описанию: /openapi.json.",
        ),
        Exception: Problem(
            "internal-error",
            500,
            "Ошибка на нашей стороне",
            "Мы её записали. Повторите запрос или сообщите администратору номер запроса.",
        ),
    }
)


def problem_of(error: Exception) -> Problem:
    """The row of the nearest ancestor."""
    return next(PROBLEMS[kind] for kind in type(error).__mro__ if kind in PROBLEMS)


def problem_named(slug: str) -> Problem:
    """The row of a slug. Raises `NotFound`."""
    for problem in PROBLEMS.values():
        if problem.slug == slug:
            return problem
    raise e.NotFound

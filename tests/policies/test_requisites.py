"""Papers: numbers are tidied and never guessed, and no day contradicts another."""

from datetime import date

import pytest

from policies.facts import IdKind
from policies.findings import Code
from policies.requisites import (
    Paper,
    authority_findings,
    paper_findings,
    parse_department_code,
    parse_inn,
    parse_number,
    parse_series,
    school_findings,
)

PASSPORT, BIRTH, FOREIGN = IdKind.PASSPORT, IdKind.BIRTH_CERTIFICATE, IdKind.FOREIGN_PASSPORT
TODAY = date(2026, 9, 1)
BORN = date(1985, 5, 7)


def told(parse, *given):
    """The canonical text, or the code of the refusal."""
    try:
        return parse(*given)
    except ValueError as refused:
        return refused.args[0]


@pytest.mark.parametrize(
    ("kind", "text", "series"),
    [
        pytest.param(PASSPORT, "0812", "0812", id="passport"),
        pytest.param(PASSPORT, " 08 12", "0812", id="with a space"),
        pytest.param(PASSPORT, "08-12", "0812", id="with a dash"),
        pytest.param(PASSPORT, "O812", Code.DOCUMENT_SERIES, id="a letter for nought"),
        pytest.param(PASSPORT, "812", Code.DOCUMENT_SERIES, id="a digit is missing"),
        pytest.param(PASSPORT, "०८१२", Code.DOCUMENT_SERIES, id="digits of another script"),
        pytest.param(PASSPORT, "II-ДВ", Code.DOCUMENT_SERIES, id="of a birth certificate"),
        pytest.param(BIRTH, "II-ДВ", "II-ДВ", id="birth certificate"),
        pytest.param(BIRTH, "iii – дв", "III-ДВ", id="small letters, a long dash"),
        pytest.param(BIRTH, "IVАБ", "IV-АБ", id="without a dash"),
        pytest.param(BIRTH, "ХІ-ДB", "XI-ДВ", id="letters of one look"),
        pytest.param(BIRTH, "XL-ДВ", "XL-ДВ", id="forty"),
        pytest.param(BIRTH, "1-ДВ", Code.DOCUMENT_SERIES, id="a digit for one"),
        pytest.param(BIRTH, "IIII-ДВ", Code.DOCUMENT_SERIES, id="no Roman number"),
        pytest.param(BIRTH, "П-ДВ", Code.DOCUMENT_SERIES, id="a letter for two"),
        pytest.param(BIRTH, "II-DV", Code.DOCUMENT_SERIES, id="Latin letters"),
        pytest.param(BIRTH, "ДВ", Code.DOCUMENT_SERIES, id="no number"),
        pytest.param(BIRTH, "0812", Code.DOCUMENT_SERIES, id="of a passport"),
        pytest.param(FOREIGN, " AB  7", "AB 7", id="a foreign one as it is"),
        pytest.param(FOREIGN, " - ", Code.DOCUMENT_SERIES, id="a foreign one of nothing"),
    ],
)
def test_a_series_is_of_its_kind(kind, text, series):
    assert told(parse_series, kind, text) == series


@pytest.mark.parametrize(
    ("kind", "text", "number"),
    [
        pytest.param(PASSPORT, "№ 000 017", "000017", id="passport"),
        pytest.param(PASSPORT, "00001", Code.DOCUMENT_NUMBER, id="five digits"),
        pytest.param(BIRTH, "000017", "000017", id="birth certificate"),
        pytest.param(BIRTH, "00001З", Code.DOCUMENT_NUMBER, id="a letter for three"),
        pytest.param(FOREIGN, "c01 X00T47", "c01 X00T47", id="foreign: case is kept"),
        pytest.param(IdKind.REFUGEE_CARD, "№", Code.DOCUMENT_NUMBER, id="only a sign"),
    ],
)
def test_a_number_is_of_its_kind(kind, text, number):
    assert told(parse_number, kind, text) == number


@pytest.mark.parametrize(
    ("kind", "text", "code"),
    [
        pytest.param(PASSPORT, "000001", "000-001", id="digits"),
        pytest.param(PASSPORT, "000-001", "000-001", id="as printed"),
        pytest.param(PASSPORT, "00-001", Code.DOCUMENT_OFFICE, id="five digits"),
        pytest.param(FOREIGN, "RO", "RO", id="another country's"),
        pytest.param(FOREIGN, "", Code.DOCUMENT_OFFICE, id="empty"),
    ],
)
def test_an_office_has_six_digits(kind, text, code):
    assert told(parse_department_code, kind, text) == code


def paper(kind=PASSPORT, series="0812", number="000017", office=None, on=date(2012, 5, 4)):
    return Paper(kind, series, number, office, on)


@pytest.mark.parametrize(
    ("given", "born", "expected"),
    [
        pytest.param(paper(office="000-001"), BORN, [], id="in order"),
        pytest.param(paper(on=TODAY), BORN, [], id="issued today"),
        pytest.param(paper(series=None), BORN, [(Code.DOCUMENT_SERIES, "series")], id="no series"),
        pytest.param(
            paper(series="08 12"), BORN, [(Code.DOCUMENT_SERIES, "series")], id="not tidied"
        ),
        pytest.param(paper(number="17"), BORN, [(Code.DOCUMENT_NUMBER, "number")], id="number"),
        pytest.param(
            paper(office="1"), BORN, [(Code.DOCUMENT_OFFICE, "department_code")], id="office"
        ),
        pytest.param(
            paper(on=date(2026, 9, 2)), BORN, [(Code.PAPER_FUTURE, "issued_on")], id="tomorrow"
        ),
        pytest.param(
            paper(on=date(2026, 9, 2)), None, [(Code.PAPER_FUTURE, "issued_on")], id="of nobody"
        ),
        pytest.param(paper(on=date(1970, 1, 1)), None, [], id="birth date unknown"),
        pytest.param(
            paper(on=date(1985, 5, 6)),
            BORN,
            [(Code.PAPER_BEFORE_BIRTH, "issued_on")],
            id="the day before the birth",
        ),
        pytest.param(
            paper(on=date(1999, 5, 6)),
            BORN,
            [(Code.PASSPORT_TOO_EARLY, "issued_on")],
            id="a passport the day before 14",
        ),
        pytest.param(paper(on=date(1999, 5, 7)), BORN, [], id="a passport on the day of 14"),
        pytest.param(paper(BIRTH, "II-ДВ", on=BORN), BORN, [], id="a certificate of the same day"),
        pytest.param(
            paper(FOREIGN, None, "C01", on=date(1990, 1, 1)), BORN, [], id="a foreign child's"
        ),
    ],
)
def test_an_identity_document_contradicts_nothing(given, born, expected):
    found = paper_findings(given, born, TODAY)
    assert [(finding.code, finding.part) for finding in found] == expected


@pytest.mark.parametrize(
    ("issued_on", "ends_on", "born", "expected"),
    [
        (date(2020, 5, 1), None, date(2015, 3, 8), []),
        (date(2020, 5, 1), date(2020, 5, 1), None, []),
        (date(2026, 9, 2), None, None, [(Code.PAPER_FUTURE, "issued_on")]),
        (date(2015, 3, 7), None, date(2015, 3, 8), [(Code.PAPER_BEFORE_BIRTH, "issued_on")]),
        (date(2020, 5, 1), date(2020, 4, 30), None, [(Code.PAPER_ENDS_EARLY, "ends_on")]),
    ],
    ids=["in order", "of one day", "tomorrow", "before the ward", "over before it began"],
)
def test_a_guardians_paper_contradicts_nothing(issued_on, ends_on, born, expected):
    found = authority_findings(issued_on, ends_on, born, TODAY)
    assert [(finding.code, finding.part) for finding in found] == expected


@pytest.mark.parametrize(
    ("text", "inn"),
    [
        pytest.param("2700000000", "2700000000", id="entity"),
        pytest.param("27 0000 0000", "2700000000", id="with spaces"),
        pytest.param("270000000064", "270000000064", id="person"),
        pytest.param("2700000001", Code.INN_CHECK, id="entity: another digit"),
        pytest.param("270000000074", Code.INN_CHECK, id="person: the eleventh"),
        pytest.param("270000000065", Code.INN_CHECK, id="person: the twelfth"),
        pytest.param("0000000000", Code.INN_CHECK, id="zeros"),
        pytest.param("27000000001", Code.INN_LENGTH, id="eleven digits"),
        pytest.param("27OO000000", Code.INN_LENGTH, id="letters"),
    ],
)
def test_an_inn_has_its_check_digits(text, inn):
    assert told(parse_inn, text) == inn


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        pytest.param({}, [], id="in order"),
        pytest.param({"inn": None, "act_no": None, "act_on": None}, [], id="not stated yet"),
        pytest.param({"inn": "2700000001"}, [(Code.INN_CHECK, "inn")], id="INN"),
        pytest.param({"act_no": "№ -"}, [(Code.PAPER_NUMBER, "act_no")], id="no number"),
        pytest.param({"act_no": "б/н"}, [], id="without a number, and said so"),
        pytest.param(
            {"instruction_on": date(2026, 9, 2)},
            [(Code.PAPER_FUTURE, "instruction_on")],
            id="tomorrow",
        ),
        pytest.param(
            {"act_on": date(2006, 7, 26)}, [(Code.PAPER_BEFORE_LAW, "act_on")], id="before the law"
        ),
    ],
)
def test_a_schools_passport_contradicts_nothing(changes, expected):
    passport = {
        "inn": "2700000000",
        "instruction_no": "14-П",
        "instruction_on": date(2026, 8, 1),
        "act_no": "3",
        "act_on": TODAY,
        **changes,
    }
    found = school_findings(passport, TODAY)
    assert [(finding.code, finding.part) for finding in found] == expected

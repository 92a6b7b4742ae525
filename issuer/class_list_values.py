"""Values in the cells of a class list: dates, e-mail addresses, grades, levels, results."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Generic, TypeVar

from credentials.errors import MalformedError
from issuer.class_list_faults import Action, Problem, Severity, Words, echo
from service.mail import check_address

Value = TypeVar("Value")

FIRST_YEAR: Final = 1950
"""No certificate of someone who works today is older."""

EXCEL_EPOCH: Final = date(1899, 12, 30)
"""Day 0 of Excel's count, with its 29-02-1900 left out of the dates that matter."""

DAY_DIGITS: Final = 2
YEAR_DIGITS: Final = 4

MAX_EMAIL: Final = 254
"""Characters of an address that mail can carry (RFC 5321, with erratum 1690)."""

MONTHS: Final = {
    "nl": (
        *("januari", "februari", "maart", "april", "mei", "juni"),
        *("juli", "augustus", "september", "oktober", "november", "december"),
    ),
    "en": (
        *("January", "February", "March", "April", "May", "June"),
        *("July", "August", "September", "October", "November", "December"),
    ),
}

COUNTS: Final = {
    "nl": ("nul", "één", "twee", "drie", "vier", "vijf", "zes", "zeven", "acht", "negen"),
    "en": ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"),
}

_MRT = ("mrt", "maart")
_NUMERIC = re.compile(r"(\d{1,4})([-/. ])(\d{1,2})\2(\d{1,4})", re.ASCII)
_WRITTEN = re.compile(r"(\d{1,2})[ .\-]*([a-zé]{3,9})\.?[ \-]*(\d{4})", re.IGNORECASE)
_MONTH_FIRST = re.compile(r"([a-z]{3,9})\.? (\d{1,2}),? (\d{4})", re.IGNORECASE)
_HOUR = re.compile(r"[ T][0-2]?\d:[0-5]\d(:[0-5]\d(\.\d+)?)?Z?$", re.ASCII)
_WEEKDAY = re.compile(
    r"(?:(?:maan|dins|woens|donder|vrij|zater|zon)dag|(?:ma|di|wo|do|vr|za|zo)\.?"
    r"|(?:mon|tues|wednes|thurs|fri|satur|sun)day|(?:mon|tue|wed|thu|fri|sat|sun)\.?),? (?=\d)",
    re.IGNORECASE,
)
_SERIAL = re.compile(r"(\d{5})([.,]\d+)?", re.ASCII)
_GRADE = re.compile(r"(\d{1,2})(?:([.,])(\d{1,2}))?", re.ASCII)
_LEVEL = re.compile(r"[+-]?\d{1,9}(?:[.,]\d{1,9})?", re.ASCII)
_FLOATED = re.compile(r"(\d{1,15})[.,]0{1,6}", re.ASCII)
_RESULTS = {
    **dict.fromkeys(("behaald", "geslaagd", "gehaald", "passed", "pass"), True),
    **dict.fromkeys(("niet behaald", "niet geslaagd", "niet gehaald", "gezakt"), False),
    **dict.fromkeys(("failed", "fail", "not passed"), False),
}
ANSWERS = {
    **dict.fromkeys(("ja", "j", "yes", "y", "waar", "true", "x"), True),
    **dict.fromkeys(("nee", "n", "no", "onwaar", "false"), False),
}
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_USUAL = re.compile(r"[a-z0-9_-]{1,30}(?:\.[a-z0-9_-]{1,30})?@[a-z0-9]{1,30}\.[a-z]{2,30}")
_LABEL = re.compile(r"[^\W_]([\w-]{0,61}[^\W_])?")

# Mailboxes of a task, not of a person: the whole local part, or its first word.
_ROLE_WORDS = frozenset(
    {
        *("info", "hr", "hrm", "po", "personeel", "personeelszaken", "personeelsadministratie"),
        *("administratie", "admin", "secretariaat", "receptie", "kantoor", "office", "contact"),
        *("directie", "planning", "salaris", "salarisadministratie", "loonadministratie"),
        *("finance", "boekhouding", "facturen", "factuur", "facturatie", "inkoop", "verkoop"),
        *("sales", "marketing", "support", "helpdesk", "service", "servicedesk", "klantenservice"),
        *("recruitment", "recruiter", "werving", "vacature", "vacatures", "jobs", "humanresources"),
        *("opleiding", "opleidingen", "training", "trainingen", "cursus", "cursussen", "academy"),
        *("werkplaats", "productie", "magazijn", "logistiek", "kwaliteit", "kam", "vgm", "hse"),
        *("arbo", "veiligheid", "onderhoud", "projecten", "algemeen", "bedrijfsbureau", "noreply"),
    }
)
_SHORT_ROLES = frozenset({"hr", "hrm", "po", "kam", "vgm", "hse"})
_FIRM_WORDS = frozenset({"bv", "nv", "vof", "holding", "groep", "group", "gmbh"})


@dataclass(frozen=True, slots=True)
class Read(Generic[Value]):
    """A value and what is to be said about it; None where the cell holds no value."""

    value: Value | None
    problem: Problem | None = None


def without_hour(cell: str) -> str:
    """A date without the time that a spreadsheet writes behind it."""
    return _HOUR.sub("", cell)


def dutch(day: date) -> str:
    """A date as day-month-year."""
    return f"{day.day:02}-{day.month:02}-{day.year:04}"


def read_date(cell: str, *, today: date, future: bool = False) -> Read[date]:
    """A day in the past or today; with ``future`` also a later one.

    Day-month-year with dashes is read as it stands. What has one meaning only is read with a
    remark; what has two is refused.
    """
    text = _WEEKDAY.sub("", without_hour(cell))
    if serial := _SERIAL.fullmatch(text):
        read = _from_serial(int(serial[1]), today)
    elif numeric := _NUMERIC.fullmatch(text):
        read = _from_numbers(numeric, text, today)
    elif written := _WRITTEN.fullmatch(text):
        read = _from_words(written[1], written[2], written[3], text=text, today=today)
    elif written := _MONTH_FIRST.fullmatch(text):
        read = _from_words(written[2], written[1], written[3], text=text, today=today)
    else:
        return Read(None, _unreadable(today))
    if read.value is None:
        return read
    beyond = _beyond(read.value, date.max if future else today)
    if beyond is not None:
        return Read(None, beyond)
    if read.problem is None and text != cell:
        return Read(read.value, _kept(cell, read.value))
    return read


def _beyond(day: date, today: date) -> Problem | None:
    if day > today:
        return Problem("date_in_future")
    if day.year < FIRST_YEAR:
        return Problem("date_too_old", words={"year": str(FIRST_YEAR)})
    return None


def _from_serial(serial: int, today: date) -> Read[date]:
    day = EXCEL_EPOCH + timedelta(days=serial)
    if not FIRST_YEAR <= day.year <= today.year + 10:
        return Read(None, _unreadable(today))
    action, severity, normalised = Action.NEEDS_CONFIRMATION, Severity.WARNING, dutch(day)
    words = {"date": normalised}
    return Read(day, Problem("date_is_number", action, severity, normalised, words=words))


def _from_numbers(found: re.Match[str], text: str, today: date) -> Read[date]:
    first, sign, second, third = found[1], found[2], int(found[3]), found[4]
    if len(first) == YEAR_DIGITS and len(third) < YEAR_DIGITS - 1:
        return _one_meaning(_day(int(first), second, int(third)), text)
    if len(first) > DAY_DIGITS or len(third) not in {DAY_DIGITS, YEAR_DIGITS}:
        return Read(None, _unreadable(today))
    short = len(third) == DAY_DIGITS
    year = today.year // 100 * 100 + int(third) if short else int(third)
    usual, swapped = _day(year, second, int(first)), _day(year, int(first), second)
    if sign != "/" and not short:
        return Read(usual) if usual and sign == "-" else _one_meaning(usual, text)
    if usual and swapped and usual != swapped:
        return Read(None, _ambiguous(usual, swapped))
    day = usual or swapped
    if day is None or not short:
        return _one_meaning(usual, text) if usual or day is None else Read(day, _asked(text, day))
    # 15/04/26 may also begin with the year.
    return Read(None, Problem("date_format", variant="year", words={"example": dutch(day)}))


def _one_meaning(day: date | None, text: str) -> Read[date]:
    return Read(day, _kept(text, day)) if day else Read(None, _impossible(text))


def _from_words(day: str, word: str, year: str, *, text: str, today: date) -> Read[date]:
    month = next(
        (
            number
            for names in MONTHS.values()
            for number, name in enumerate(names, start=1)
            if _is_month(word.casefold(), name.casefold())
        ),
        None,
    )
    if month is None:
        return Read(None, _unreadable(today))
    return _one_meaning(_day(int(year), month, int(day)), text)


def _is_month(word: str, name: str) -> bool:
    return word == name or (len(word) in {3, 4} and name.startswith(word)) or (word, name) == _MRT


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _impossible(text: str) -> Problem:
    return Problem("date_impossible", words={"written": text})


def _unreadable(today: date) -> Problem:
    return Problem("date_format", variant="unreadable", words={"example": dutch(today)})


def _ambiguous(one: date, other: date) -> Problem:
    words: Words = {
        "first": {lang: f"{one.day} {names[one.month - 1]}" for lang, names in MONTHS.items()},
        "second": {lang: f"{other.day} {names[other.month - 1]}" for lang, names in MONTHS.items()},
        "example": dutch(one),
    }
    return Problem("date_format", variant="ambiguous", words=words)


def _kept(text: str, day: date) -> Problem:
    words = {"written": text, "date": dutch(day)}
    action, severity = Action.ROW_KEPT, Severity.WARNING
    return Problem("date_format", action, severity, dutch(day), variant="kept", words=words)


def _asked(text: str, day: date) -> Problem:
    words = {"written": text, "date": dutch(day)}
    action, severity = Action.NEEDS_CONFIRMATION, Severity.WARNING
    return Problem("date_format", action, severity, dutch(day), variant="asked", words=words)


def read_email(cell: str, *, firm: str) -> Read[str]:
    """A person's own address.

    Args:
        cell: without outer blanks.
        firm: the name of a firm that the row mentions, or empty.
    """
    if not cell:
        return Read(None, Problem("email_missing", Action.ROW_HELD))
    variant = _email_fault(cell)
    if variant is not None:
        count = cell.count("@")
        words = {"count": {lang: _count(count, lang) for lang in COUNTS}}
        return Read(None, Problem("email_invalid", variant=variant, words=words))
    local, _, domain = cell.partition("@")
    address = cell if _USUAL.fullmatch(cell) else _mailable(local, domain)
    if address is None:
        return Read(None, Problem("email_invalid", variant="domain"))
    if _is_role(local.casefold()) or _is_firm(domain.casefold(), firm.casefold()):
        action, severity = Action.NEEDS_CONFIRMATION, Severity.WARNING
        return Read(address, Problem("email_not_private", action, severity))
    return Read(address)


def _mailable(local: str, domain: str) -> str | None:
    """An address as a letter needs it: its host in small letters, other alphabets in ASCII."""
    try:
        host = domain if domain.isascii() else domain.encode("idna").decode("ascii")
        return check_address(f"{local}@{host.lower()}")
    except (UnicodeError, MalformedError):
        return None


def _email_fault(cell: str) -> str | None:
    """Which slip an address holds, the plainest first; None for an address that mail can use."""
    if _USUAL.fullmatch(cell):
        return None
    local, at, domain = cell.partition("@")
    slips = (
        ("many_at", "@" in domain),
        ("no_at", not at),
        ("blank", any(sign.isspace() for sign in cell)),
        ("no_name", not local),
        ("no_domain", not domain),
        ("dots", ".." in cell or local.startswith(".") or local.endswith(".")),
        ("no_dot", "." not in domain.strip(".")),
        ("sign", not _LOCAL.fullmatch(local)),
        ("domain", not all(_LABEL.fullmatch(label) for label in domain.split("."))),
        ("domain", domain.rpartition(".")[2].isdecimal() or len(domain.rpartition(".")[2]) == 1),
        ("long", len(cell) > MAX_EMAIL or len(local) > 64),  # noqa: PLR2004 - RFC 5321, 4.5.3.1.1
    )
    return next((variant for variant, wrong in slips if wrong), None)


def _is_role(local: str) -> bool:
    name = local.partition("+")[0]
    first = re.split(r"[._-]", name)[0]
    joined = re.sub(r"[._-]|\d+$", "", name)
    return joined in _ROLE_WORDS or (first in _ROLE_WORDS and first not in _SHORT_ROLES)


def _is_firm(domain: str, firm: str) -> bool:
    name = domain.rpartition(".")[0]
    words = set(re.split(r"[.-]", name))
    same = re.sub(r"[\W_]", "", firm)
    return bool(words & _FIRM_WORDS) or (len(same) > 3 and same in re.sub(r"[\W_]", "", name))  # noqa: PLR2004


def _count(number: int, language: str) -> str:
    names = COUNTS[language]
    return names[number] if number < len(names) else str(number)


def count_words(number: int) -> dict[str, str]:
    """A number in words for each language; from ten on in digits."""
    return {language: _count(number, language) for language in COUNTS}


def read_grade(cell: str, *, comma: bool, used: bool) -> Read[float]:
    """A grade from 1 to 10 with at most two decimals; an empty cell is no grade.

    Args:
        cell: without outer blanks.
        comma: grades in this file are written with a comma.
        used: the grade goes into the proof; else a strange one is only left out.
    """
    if not cell:
        return Read(None)
    found = _GRADE.fullmatch(cell)
    value = float(f"{found[1]}.{found[3] or 0}") if found else None
    if found is None or value is None or not 1 <= value <= 10:  # noqa: PLR2004 - Dutch grades
        code = "grade_not_a_number" if value is None else "grade_out_of_range"
        if used:
            return Read(None, Problem(code, variant="used", words={"written": echo(cell)}))
        words = {"written": echo(cell)}
        left_out = Problem(code, Action.ROW_KEPT, Severity.WARNING, variant="unused", words=words)
        return Read(None, left_out)
    if found[2] == "." and comma:
        better = cell.replace(".", ",")
        words = {"written": cell, "better": better}
        kept = Problem("decimal_point", Action.ROW_KEPT, Severity.WARNING, better, words=words)
        return Read(value, kept)
    return Read(value)


def read_level(cell: str) -> Read[int]:
    """A level of the scale: 1, 2, 3 or 4."""
    if not _LEVEL.fullmatch(cell):
        return Read(None, Problem("level_not_a_number", words={"written": echo(cell)}))
    value = float(cell.replace(",", "."))
    if value not in {1, 2, 3, 4}:
        return Read(None, Problem("level_out_of_range", words={"written": echo(cell)}))
    return Read(int(value))


def read_result(cell: str, *, asked: bool) -> Read[bool]:
    """Whether the person passed; case and blanks apart.

    Args:
        cell: without outer blanks.
        asked: the title asks "passed?", so that yes and no are answers.
    """
    word = cell.casefold()
    passed = _RESULTS.get(word)
    if passed is None and asked:
        passed = ANSWERS.get(word)
    return Read(passed, Problem("result_unknown") if passed is None else None)


def plain_number(cell: str) -> str:
    """A trainee number without the ".0" that a spreadsheet gives to whole numbers."""
    found = _FLOATED.fullmatch(cell)
    return found[1] if found else cell

"""What a field of a customer may be. Pure: a text and the facts of the day in, a value out.

Each rule takes the field with blanks round it already cut off, and raises `Unfit`.
"""

import re
import unicodedata
from datetime import date
from typing import NamedTuple

from cinnabar.customers.faults import Fault, Unfit
from cinnabar.customers.vocabulary import BusinessLine
from cinnabar.firm.mobiles import MobileNumbers

NAME_LENGTH = 64
ACCOUNTS = 100
EARLIEST_BIRTH = date(1900, 1, 1)
"""Before it a date is a slip of the pen, for persons as for companies."""

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{8}")
_MOBILE_FILLING = str.maketrans("", "", " -()")
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_EMAIL = re.compile(rf"({_ATOM}(?:\.{_ATOM})*)@({_LABEL}(?:\.{_LABEL})+)")
_EMAIL_LOCAL = 64
_EMAIL_WHOLE = 254
_BRANCH = re.compile(r"[\w][\w ()（）·・-]{0,39}")
_NUMBER = re.compile(r"[0-9A-Z](?:[0-9A-Z-]{0,18}[0-9A-Z])?")
_LINES = {line.value: line for line in BusinessLine}
_YES_OR_NO = {"yes": True, "no": False}
_PLANE_2 = 0x20000
_PLANE_4 = 0x40000


class Account(NamedTuple):
    """A trading account as the core system names it."""

    line: BusinessLine
    branch: str
    number: str


def read_name(text: str) -> str:
    """Return the name as it is written: up to 64 letters, digits, blanks and marks.

    Control, format and private characters are refused: they print as nothing or as something
    else, and a name stands in mails and on pages.
    """
    if len(text) > NAME_LENGTH:
        raise Unfit(Fault.NAME_LENGTH, longest=str(NAME_LENGTH))
    if not text.isalpha() and not all(map(_prints, text)):
        raise Unfit(Fault.NAME_CHARACTERS)
    return text


def read_birth_date(text: str, *, today: date) -> date:
    """Return the Gregorian date `text` writes as 1990-02-01 or 19900201 (P28).

    A year of the Republic (0790201) is refused (G18), as is a day that is not in the calendar,
    after `today` at the firm, or before 1900. For a company it is the day it was founded.
    """
    if _DATE.fullmatch(text) is None:
        raise Unfit(Fault.DATE_FORM)
    try:
        born = date.fromisoformat(text)
    except ValueError:
        raise Unfit(Fault.DATE_UNREAL) from None
    if born > today:
        raise Unfit(Fault.DATE_FUTURE)
    if born < EARLIEST_BIRTH:
        raise Unfit(Fault.DATE_TOO_OLD, earliest=EARLIEST_BIRTH.isoformat())
    return born


def read_mobile(text: str, *, numbers: MobileNumbers) -> str:
    """Return the mobile number `text` writes as it is dialled at home.

    Blanks, hyphens and brackets between the digits are passed over; the country code may stand
    before it, with + or 00 or without.
    """
    number = numbers.read(text.translate(_MOBILE_FILLING))
    if number is None:
        raise Unfit(Fault.MOBILE, example=numbers.example, abroad=numbers.example_abroad)
    return number


def read_email(text: str) -> str:
    """Return the mail address with its domain in lower case (RFC 5321 2.4, 4.1.2, 4.5.3.1).

    A dot-string before the @, a domain of at least two labels after it; quoted strings, address
    literals and characters beyond ASCII are refused, because not every relay carries them.
    """
    match = _EMAIL.fullmatch(text)
    if match is None or len(text) > _EMAIL_WHOLE or len(match[1]) > _EMAIL_LOCAL:
        raise Unfit(Fault.EMAIL)
    return f"{match[1]}@{match[2].lower()}"


def read_language(text: str, *, known: tuple[str, ...]) -> str:
    """Return `text` if the firm speaks that language."""
    if text not in known:
        raise Unfit(Fault.LANGUAGE, known=", ".join(known))
    return text


def read_yes_or_no(text: str) -> bool:
    """Return whether `text` is yes; raise for anything but yes and no."""
    answer = _YES_OR_NO.get(text.lower())
    if answer is None:
        raise Unfit(Fault.YES_OR_NO)
    return answer


def read_accounts(text: str) -> tuple[Account, ...]:
    """Return the accounts `text` lists as `line:branch:number`, parted by `;`, in order.

    The order written does not matter: two writings of the same accounts read the same.
    """
    if not text:
        return ()
    written = text.split(";")
    if len(written) > ACCOUNTS:
        raise Unfit(Fault.ACCOUNTS_TOO_MANY, most=str(ACCOUNTS))
    accounts: dict[Account, int] = {}
    for which, one in enumerate(written, start=1):
        if which != accounts.setdefault(_account(one, which), which):
            raise Unfit(Fault.ACCOUNT_TWICE, which=str(which))
    return tuple(sorted(accounts))


def _account(text: str, which: int) -> Account:
    parts = [part.strip() for part in text.split(":")]
    if len(parts) != len(Account._fields):
        raise Unfit(Fault.ACCOUNT_FORM, which=str(which))
    line, branch, number = parts
    if line not in _LINES:
        raise Unfit(Fault.ACCOUNT_LINE, which=str(which), known=", ".join(_LINES))
    if _BRANCH.fullmatch(branch) is None:
        raise Unfit(Fault.ACCOUNT_BRANCH, which=str(which))
    if _NUMBER.fullmatch(number) is None:
        raise Unfit(Fault.ACCOUNT_NUMBER, which=str(which))
    return Account(_LINES[line], branch, number)


def contact_spelling(value: str) -> str:
    """Return what two writings of one destination share: mail boxes differ in case only in theory.

    `value` is a mobile number or mail address as the rules above return it.
    """
    return value.lower()


def _prints(character: str) -> bool:
    category = unicodedata.category(character)
    if category == "Cn":
        # Rare ideographs of newer Unicode versions than Python's tables: names are made of them.
        return _PLANE_2 <= ord(character) < _PLANE_4
    return category[0] in "LMNPS" or character == " "

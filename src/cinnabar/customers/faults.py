"""What can be wrong with a file of customers: names here, sentences in `words/*/customers.toml`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Fault(StrEnum):
    """Why a line is not taken. The sentence is `import-fault.<value>`."""

    # the line as a whole
    LINE_TOO_LONG = "line-too-long"
    NOT_UTF8 = "not-utf8"
    QUOTES = "quotes"
    FIELD_COUNT = "field-count"

    # one column
    MISSING = "missing"
    IDENTIFIER = "identifier"
    NAME_LENGTH = "name-length"
    NAME_CHARACTERS = "name-characters"
    DATE_FORM = "date-form"
    DATE_UNREAL = "date-unreal"
    DATE_FUTURE = "date-future"
    DATE_TOO_OLD = "date-too-old"
    MOBILE = "mobile"
    EMAIL = "email"
    LANGUAGE = "language"
    YES_OR_NO = "yes-or-no"
    ACCOUNT_FORM = "account-form"
    ACCOUNT_LINE = "account-line"
    ACCOUNT_BRANCH = "account-branch"
    ACCOUNT_NUMBER = "account-number"
    ACCOUNT_TWICE = "account-twice"
    ACCOUNTS_TOO_MANY = "accounts-too-many"

    # against other lines and what is known
    IDENTIFIER_TWICE = "identifier-twice"
    ACCOUNT_TAKEN = "account-taken"


class FileFault(StrEnum):
    """Why a file is not read at all. The sentence is `import-file.<value>`."""

    EMPTY = "empty"
    ENCODING = "encoding"
    ENCODING_GUESSED = "encoding-guessed"
    HEADER_TOO_LONG = "header-too-long"
    COLUMNS_MISSING = "columns-missing"
    COLUMNS_UNKNOWN = "columns-unknown"
    COLUMNS_TWICE = "columns-twice"


@dataclass(frozen=True, slots=True, kw_only=True)
class LineFault:
    """One thing wrong with one line: `line` counts from 1, the header included.

    `facts` fill the sentence; they hold no value of the file except masked ones (PRV-01).
    """

    line: int
    column: str
    fault: Fault
    facts: Mapping[str, str] = field(default_factory=dict)


class Unfit(Exception):  # noqa: N818 - an answer about one field, caught where the line is judged
    """A field does not obey its rule."""

    def __init__(self, fault: Fault, **facts: str) -> None:
        """Name the fault and the facts of its sentence."""
        super().__init__(fault.value)
        self.fault = fault
        self.facts: Mapping[str, str] = facts


class Unreadable(Exception):  # noqa: N818 - an answer about the file, for the face to word
    """The file cannot be read as customers; nothing of it was taken."""

    def __init__(self, fault: FileFault, **facts: str) -> None:
        """Name the fault and the facts of its sentence."""
        super().__init__(fault.value)
        self.fault = fault
        self.facts: Mapping[str, str] = facts

"""From the fields of a line to a row, or to all that is wrong with it."""

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import TypeAlias

from cinnabar.customers import rules
from cinnabar.customers.faults import Fault, LineFault, Unfit
from cinnabar.customers.importing.reading import Record
from cinnabar.customers.row import COLUMNS, Row
from cinnabar.firm.model import Firm
from cinnabar.kernel.identifiers import Identifier
from cinnabar.kernel.refusal import Refused

_Rule: TypeAlias = Callable[[str], object]


class Checker:
    """Judges lines by the rules of fields, on one day at one firm."""

    def __init__(self, *, today: date, firm: Firm) -> None:
        """Judge as of `today` in the firm's zone, by the firm's identifiers and languages."""
        wanted: dict[str, _Rule] = {
            "identifier": _required(partial(_identifier, firm)),
            "name": _required(rules.read_name),
            "birth_date": _required(partial(rules.read_birth_date, today=today)),
            "mobile": _optional(partial(rules.read_mobile, numbers=firm.mobiles)),
            "email": _optional(rules.read_email),
            "language": _required(partial(rules.read_language, known=firm.identity.languages)),
            "consolidated": _required(rules.read_yes_or_no),
            "accounts": rules.read_accounts,
        }
        self._rules = tuple((column, wanted[column]) for column in COLUMNS)

    def check(self, record: Record) -> Row | list[LineFault]:
        """Return the row `record` stands for, or every fault in the order of `COLUMNS`."""
        values: list[object] = []
        faults: list[LineFault] = []
        for (column, rule), text in zip(self._rules, record.fields, strict=True):
            try:
                values.append(rule(text))
            except Unfit as unfit:
                faults.append(
                    LineFault(line=record.line, column=column, fault=unfit.fault, facts=unfit.facts)
                )
        return faults or Row(record.line, *values)  # type: ignore[arg-type]  # as the rules give


def _identifier(firm: Firm, text: str) -> Identifier:
    try:
        return firm.login.identifier(text)
    except Refused:
        raise Unfit(Fault.IDENTIFIER) from None


def _required(rule: _Rule) -> _Rule:
    def read(text: str) -> object:
        if not text:
            raise Unfit(Fault.MISSING)
        return rule(text)

    return read


def _optional(rule: _Rule) -> _Rule:
    def read(text: str) -> object:
        return rule(text) if text else None

    return read

"""A core system that sends files, and what came of them."""

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db import connection

from cinnabar.customers.actions import Summary, import_file
from cinnabar.customers.faults import LineFault
from cinnabar.customers.models import Contact, Customer, TradingAccount
from cinnabar.customers.row import COLUMNS
from cinnabar.customers.vocabulary import CustomerEvent
from cinnabar.env import Env
from cinnabar.kernel.canonical import JsonValue
from cinnabar.kernel.dice import LoadedDice

_WEIGHTS = (1, 9, 8, 7, 6, 5, 4, 3, 2, 1)


class MeanwhileDice(LoadedDice):
    """Dice that let something else happen first, once, when they are thrown."""

    def __init__(self, meanwhile: Callable[[], object]) -> None:
        super().__init__(17)
        self._meanwhile: list[Callable[[], object]] = [meanwhile]

    def octets(self, n: int) -> bytes:
        if self._meanwhile:
            self._meanwhile.pop()()
        return super().octets(n)


def line(**fields: str) -> dict[str, str]:
    """A good line about 王小明, but for `fields`."""
    return {
        "identifier": "A123456789",
        "name": "王小明",
        "birth_date": "1990-02-01",
        "mobile": "0958123474",
        "email": "fredric@example.com",
        "language": "zh-Hant-TW",
        "consolidated": "yes",
        "accounts": "securities:台北:1234567",
        **fields,
    }


def mei(**fields: str) -> dict[str, str]:
    """A good line about 陳美華, but for `fields`: a phone only."""
    usual = {
        "identifier": "B223456782",
        "name": "陳美華",
        "mobile": "0912345678",
        "email": "",
        "accounts": "futures:台北:7654321",
    }
    return line(**{**usual, **fields})


def nobody(n: int) -> dict[str, str]:
    """A good line about the `n`th of many, each with an identifier and an account of his own."""
    body = f"1{n:07d}"
    digits = (1, 0, *map(int, body))
    check = -sum(w * d for w, d in zip(_WEIGHTS, digits, strict=True)) % 10
    return line(
        identifier=f"A{body}{check}",
        mobile=f"09{n:08d}",
        email=f"person{n}@example.com",
        accounts=f"securities:台北:{n:07d}",
    )


def csv_of(*lines: Mapping[str, str], columns: Sequence[str] = COLUMNS) -> bytes:
    """The file that holds `lines`."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, columns)
    writer.writeheader()
    writer.writerows(lines)
    return text.getvalue().encode()


@dataclass
class Taken:
    """What an import did and said."""

    summary: Summary = field(default_factory=Summary)
    faults: list[LineFault] = field(default_factory=list)
    told: list[tuple[CustomerEvent, str | None, Mapping[str, JsonValue]]] = field(
        default_factory=list
    )

    @property
    def counts(self) -> tuple[int, int, int, int]:
        """New, changed, unchanged, refused."""
        had = self.summary
        return had.created, had.changed, had.unchanged, had.refused

    @property
    def reasons(self) -> list[tuple[int, str, str]]:
        return [(fault.line, fault.column, fault.fault.value) for fault in self.faults]

    @property
    def words(self) -> list[str]:
        return [event.value for event, _subject, _details in self.told]


def take(env: Env, *lines: Mapping[str, str], batch: int = 2000) -> Taken:
    """Import a file of `lines`."""
    return take_file(env, csv_of(*lines), batch=batch)


def take_file(env: Env, file: bytes, *, batch: int = 2000) -> Taken:
    """Import `file`, whatever it is."""
    taken = Taken()

    def tell(event: CustomerEvent, subject: str | None, details: Mapping[str, JsonValue]) -> None:
        assert connection.in_atomic_block
        taken.told.append((event, subject, details))

    source = io.BytesIO(file)
    taken.summary = import_file(env, source, tell=tell, refuse=taken.faults.append, batch=batch)
    return taken


def everything() -> list[tuple[object, ...]]:
    """Every row of every table of customers, as it rests."""
    return [
        tuple(bytes(v) if isinstance(v, memoryview) else v for v in row)
        for model in (Customer, Contact, TradingAccount)
        for row in model.objects.order_by("pk").values_list()
    ]

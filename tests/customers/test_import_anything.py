"""Laws of the import: no file crashes it, and what it takes it gives back."""

import csv
import io
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from cinnabar.customers import queries
from cinnabar.customers.faults import Unreadable
from cinnabar.customers.models import Customer
from cinnabar.customers.row import COLUMNS
from cinnabar.customers.rules import Account
from cinnabar.customers.vocabulary import BusinessLine
from tests.customers.support import csv_of, everything, line, nobody, take, take_file

pytestmark = pytest.mark.django_db
HEADER = csv_of()
# The world is a clock that stands and dice: examples may share it.
ONE_WORLD = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])

names = st.text(
    st.characters(categories=["L", "N", "P", "S", "M"], exclude_characters="\u2028"),
    min_size=1,
    max_size=64,
)
parts = st.text("abcdefghijklmnopqrstuvwxyzABCXYZ0123456789-_+!", min_size=1, max_size=30)
accounts = st.lists(
    st.builds(
        Account,
        st.sampled_from(BusinessLine),
        st.sampled_from(["台北", "期貨台北", "Taipei 1", "複委託"]),
        st.text("0123456789ABC", min_size=1, max_size=20),
    ),
    unique=True,
    max_size=4,
)
rows: st.SearchStrategy[dict[str, Any]] = st.builds(
    dict,
    name=names,
    birth_date=st.dates(date(1900, 1, 1), date(2026, 11, 20)),
    mobile=st.none() | st.from_regex(r"09[0-9]{8}", fullmatch=True).filter(str.isascii),
    email=st.none()
    | st.builds("{}@{}.example".format, parts, st.from_regex(r"[a-z]{1,20}", fullmatch=True)),
    language=st.sampled_from(["zh-Hant-TW", "en"]),
    consolidated=st.booleans(),
    accounts=accounts,
)


def written(n, row):
    return {
        **nobody(n),
        "name": row["name"],
        "birth_date": row["birth_date"].isoformat(),
        "mobile": row["mobile"] or "",
        "email": row["email"] or "",
        "language": row["language"],
        "consolidated": "yes" if row["consolidated"] else "no",
        "accounts": ";".join(":".join(account) for account in row["accounts"]),
    }


@given(st.lists(rows, max_size=4, unique_by=lambda row: row["name"]))
@settings(ONE_WORLD, max_examples=60)
def test_what_goes_in_comes_out(env, people):
    Customer.objects.all().delete()
    lines = [written(n, row) for n, row in enumerate(people)]
    taken = take(env, *lines, batch=2)
    refused = {fault.line for fault in taken.faults}
    assert {fault.fault.value for fault in taken.faults} <= {"account-taken"}
    for number, (given_line, row) in enumerate(zip(lines, people, strict=True), start=2):
        found = queries.find(env, env.firm.login.identifier(given_line["identifier"]))
        assert (found is None) == (number in refused)
        if found is None:
            continue
        assert (found.name, found.language, found.consolidated) == (
            row["name"],
            row["language"],
            row["consolidated"],
        )
        assert queries.birth_date(env, found.id) == row["birth_date"]
        assert queries.contacts(env, found.id) == queries.Contacts(
            sms=row["mobile"], email=row["email"]
        )
        assert {Account(a.line, a.branch, a.number) for a in queries.accounts(found.id)} == {
            *row["accounts"]
        }
    before = everything()
    assert take(env, *lines).summary.changed == 0
    assert everything() == before


@given(st.binary(max_size=400) | st.binary(max_size=400).map(HEADER.__add__))
@example(HEADER + b'"')
@example(HEADER + b'"\r\n"\r\n')
@example(HEADER + b"\x00")
@example(HEADER + b"\r\r\r")
@example(b"\xef\xbb\xbf" + HEADER)
@settings(ONE_WORLD, max_examples=200)
def test_no_file_whatever_crashes_it(env, file):
    try:
        taken = take_file(env, file, batch=3)
    except Unreadable:
        return
    lines = [part for part in file.split(b"\n")[1:] if part.strip()]
    assert taken.summary.read == len(lines)
    assert taken.summary.refused == len({fault.line for fault in taken.faults})


fields = st.text(max_size=30) | st.sampled_from([*line().values(), "22099131", ""])


@given(st.lists(st.tuples(*[fields] * len(COLUMNS)), max_size=3))
@settings(ONE_WORLD, max_examples=200)
def test_no_texts_in_the_columns_crash_it(env, lines):
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerows([COLUMNS, *lines])
    take_file(env, text.getvalue().encode("utf-8", "surrogatepass"))

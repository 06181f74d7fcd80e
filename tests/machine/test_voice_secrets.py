"""What is keyed in at a telephone rests nowhere and is said nowhere (law 8, PWD-10)."""

from django.db import connection

from tests.support.voice import DIGITS, MING, NEW, give


def rows() -> list[str]:
    """Return every value of every table, octets as the text they would be."""
    found: list[str] = []
    for table in connection.introspection.table_names():
        with connection.cursor() as cursor:
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - our own tables
            for value in (value for row in cursor for value in row):
                octets = isinstance(value, bytes | memoryview)
                found.append(bytes(value).decode("utf-8", "replace") if octets else str(value))
    return found


def test_no_digits_are_in_database_log_or_answer(env, line, ming, caplog, capfd):
    typed = ("73519280", "19900201", DIGITS, NEW)
    give(env, ming)
    said = [
        line.verify("1", typed[0], identifier=MING),
        line.verify("1", DIGITS, identifier=MING),
        line.verify("2", DIGITS, identifier=MING),
        line.change("2", typed[1]),
        line.change("2", NEW),
        line.ask("/machine/ivr/verify", {"call": "3", "digits": DIGITS, "identifier": "A1"}),
        line.send("/machine/ivr/verify", DIGITS.encode(), {}),
    ]
    assert [one.status for one in said] == [200, 409, 200, 422, 200, 400, 401]
    printed = capfd.readouterr()
    heaps = [*rows(), caplog.text, printed.out, printed.err, *(one.body.decode() for one in said)]
    assert [d for d in (*typed, MING) if any(d in heap for heap in heaps)] == []

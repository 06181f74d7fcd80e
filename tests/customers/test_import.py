"""Customers come over from the core system."""

import io
from datetime import date

import pytest

from cinnabar.customers import queries
from cinnabar.customers.actions import import_file
from cinnabar.customers.models import Contact, Customer
from cinnabar.customers.sample import sample_csv, sample_rows
from cinnabar.customers.vocabulary import BusinessLine, CustomerEvent, Kind
from tests.customers.support import csv_of, line, mei, nobody, take, take_file

pytestmark = pytest.mark.django_db


def known(env, identifier="A123456789"):
    found = queries.find(env, env.firm.login.identifier(identifier))
    assert found is not None
    return found


def test_the_sample_goes_in_whole(env):
    taken = take_file(env, sample_csv(env.firm))
    assert taken.counts == (4, 0, 0, 0)
    assert [known(env, row["identifier"]).name for row in sample_rows(env.firm)] == [
        "王小明",
        "陳美華",
        "林大同",
        "丹砂貿易有限公司",
    ]


def test_each_customer_of_the_sample_has_the_contacts_of_the_demo(env):
    take_file(env, sample_csv(env.firm))
    there = {
        identifier: queries.contacts(env, known(env, identifier).id)
        for identifier in ("A123456789", "B223456782", "C123456781", "22099131")
    }
    assert (there["A123456789"].sms, there["A123456789"].email) == (
        "0958123474",
        "fredric@example.com",
    )
    assert (there["B223456782"].sms, there["B223456782"].email) == ("0912345678", None)
    assert (there["C123456781"].sms, there["C123456781"].email) == (None, None)
    assert there["22099131"].sms
    assert there["22099131"].email


def test_mei_keeps_her_accounts_apart_in_three_business_lines(env):
    take_file(env, sample_csv(env.firm))
    mei = known(env, "B223456782")
    assert not mei.consolidated
    assert [account.line for account in queries.accounts(mei.id)] == [
        BusinessLine.SECURITIES,
        BusinessLine.FUTURES,
        BusinessLine.OVERSEAS,
    ]


def test_a_company_is_known_by_its_number_and_has_a_founding_day(env):
    take_file(env, sample_csv(env.firm))
    company = known(env, "22099131")
    assert company.kind is Kind.COMPANY
    assert queries.birth_date(env, company.id) == date(2000, 1, 1)
    assert known(env).kind is Kind.PERSON


def test_columns_may_stand_in_any_order(env):
    columns = ("accounts", "email", "mobile", "name", "identifier", "language", "consolidated")
    take_file(env, csv_of(line(), columns=(*columns, "birth_date")))
    assert known(env).name == "王小明"


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda file: b"\xef\xbb\xbf" + file, id="a byte order mark"),
        pytest.param(lambda file: file.replace(b"\r\n", b"\n"), id="line ends of Unix"),
        pytest.param(lambda file: file.rstrip(), id="no end of the last line"),
        pytest.param(lambda file: file.replace(b"\r\n", b"\r\n\r\n \r\n"), id="blank lines"),
        pytest.param(lambda file: file.replace(b"identifier", b" Identifier "), id="header spelt"),
        pytest.param(lambda file: file.replace(b",yes,", b" , YES ,"), id="blanks round fields"),
    ],
)
def test_what_spreadsheets_do_to_a_file_is_no_fault(env, spoil):
    taken = take_file(env, spoil(csv_of(line())))
    assert taken.counts == (1, 0, 0, 0)
    assert known(env).consolidated


def test_fields_may_be_quoted_with_commas_and_quotes_inside(env):
    take(env, line(name='Wang "Ming", Ltd.'))
    assert known(env).name == 'Wang "Ming", Ltd.'


@pytest.mark.parametrize(
    "written", ["0958 123 474", "0958-123-474", "+886958123474", "886-958-123474", "00886958123474"]
)
def test_a_mobile_number_has_one_spelling_at_rest(env, written):
    take(env, line(mobile=written))
    assert queries.contacts(env, known(env).id).sms == "0958123474"


def test_the_domain_of_a_mail_address_rests_in_lower_case(env):
    take(env, line(email="Fredric@EXAMPLE.com"))
    assert queries.contacts(env, known(env).id).email == "Fredric@example.com"


def test_equal_destinations_of_two_customers_meet_in_the_index(env):
    take(env, line(email="shared@example.com"), mei(email="Shared@Example.com"))
    indexes = Contact.objects.filter(channel="email").values_list("value_index", flat=True)
    assert len({bytes(index) for index in indexes}) == 1


def test_every_customer_gets_a_pseudonym_of_his_own(env):
    take(env, *(nobody(n) for n in range(50)))
    subjects = set(Customer.objects.values_list("subject", flat=True))
    assert len(subjects) == 50
    assert all(
        len(s) == 16 and not set(s) - set("0123456789ABCDEFGHJKMNPQRSTVWXYZ") for s in subjects
    )


def test_first_imports_are_told_once_a_batch_with_the_pseudonyms_of_all(env):
    taken = take(env, *(nobody(n) for n in range(5)), batch=3)
    assert taken.words == ["customer:imported", "customer:imported", "customer:import-finished"]
    told = [details for _event, _subject, details in taken.told[:2]]
    assert [details["lines"] for details in told] == [[2, 4], [5, 6]]
    subjects = [str(subject) for details in told for subject in _texts(details["subjects"])]
    assert sorted(subjects) == sorted(Customer.objects.values_list("subject", flat=True))


def _texts(value):
    assert isinstance(value, list)
    return value


def test_the_end_of_an_import_is_told_with_its_counts(env):
    taken = take(env, line(), mei(mobile="1"))
    event, subject, details = taken.told[-1]
    assert (event, subject) == (CustomerEvent.IMPORT_FINISHED, None)
    counts = ("created", "changed", "unchanged", "refused")
    assert [details[name] for name in counts] == [1, 0, 0, 1]


def test_a_file_of_a_header_alone_does_nothing(env):
    assert take(env).counts == (0, 0, 0, 0)


def test_progress_is_told_in_octets_and_adds_up_to_the_file(env):
    file = csv_of(*(nobody(n) for n in range(5)))
    steps: list[int] = []
    import_file(
        env,
        io.BytesIO(file),
        tell=lambda *_told: None,
        refuse=lambda _fault: None,
        progress=steps.append,
        batch=2,
    )
    assert len(steps) == 3
    assert sum(steps) == len(file)

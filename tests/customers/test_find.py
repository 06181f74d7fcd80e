"""Customers are found by what they type and shown no more of than is due."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cinnabar.customers import queries
from cinnabar.customers.queries import Contacts
from cinnabar.kernel.identifiers import Identifier
from cinnabar.kernel.refusal import Refusal, Refused
from tests.customers.support import line, nobody, take

pytestmark = pytest.mark.django_db


@pytest.fixture
def ming(env):
    take(env, line(), *(nobody(n) for n in range(20)))
    found = queries.find(env, env.firm.login.identifier("A123456789"))
    assert found is not None
    return found


@pytest.mark.parametrize(
    "typed", ["A123456789", "a123456789", " A1234-56789 ", "Ａ１２３４５６７８９"]
)
def test_ming_is_found_however_he_types_his_id(env, ming, typed):
    assert queries.find(env, env.firm.login.identifier(typed)) == ming


def test_a_stranger_is_not_found(env, ming):
    assert queries.find(env, env.firm.login.identifier("C123456781")) is None


def test_finding_takes_one_question_that_an_index_answers(env, ming):
    with CaptureQueriesContext(
        connection,
    ) as asked:
        queries.find(env, Identifier("national_id", "A123456789"))
    assert len(asked) == 1
    plan = connection.ops.explain_query_prefix()
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"{plan} {asked[0]['sql']}")
        said = " ".join(str(row) for row in cursor.fetchall())
    assert "customer_identifier_once" in said or "sqlite_autoindex_customers_customer" in said


def test_viewing_by_id_gives_the_same_customer(env, ming):
    assert queries.view(env, ming.id) == ming


def test_a_customer_who_is_not_there_is_a_refusal(env):
    for ask in (queries.view, queries.birth_date):
        with pytest.raises(Refused) as refused:
            ask(env, 404)
        assert refused.value.refusal is Refusal.NOT_FOUND
    assert queries.contacts(env, 404) == Contacts(sms=None, email=None)
    assert queries.accounts(404) == ()


def test_what_is_shown_is_masked(env, ming):
    """G12."""
    masked = queries.contacts(env, ming.id).masked(env)
    assert (masked.sms, masked.email) == ("0958****74", "f*****c@example.com")
    assert ming.masked_identifier == "A12345****"


def test_a_channel_that_is_not_on_file_stays_empty_behind_the_mask(env):
    assert Contacts(sms=None, email=None).masked(env) == Contacts(sms=None, email=None)


def test_nothing_personal_prints(env, ming):
    printed = repr(ming) + repr(queries.contacts(env, ming.id)) + repr(queries.accounts(ming.id))
    for secret in ("A123456789", "王小明", "0958123474", "fredric", "1234567"):
        assert secret not in printed

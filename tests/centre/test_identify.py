"""輸入資料: an identifier and a birth date name a customer; they prove nothing and tell nothing."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cinnabar.centre import identify
from cinnabar.flows.kinds import FlowKind
from cinnabar.flows.models import Flow
from cinnabar.journal.models import Entry
from cinnabar.kernel.refusal import Refusal, Refused
from tests.support.claims import Claim

NOBODY = "C223456783"


@pytest.fixture
def claim(env, db):
    return Claim(env)


def refused(what, *args, **more):
    with pytest.raises(Refused) as no:
        what(*args, **more)
    return no.value.refusal


def statements(act):
    """Return what `act` asks of the database, without the values."""
    with CaptureQueriesContext(connection) as seen:
        act()
    whole = [query["sql"].partition(" VALUES")[0].partition(" WHERE")[0] for query in seen]
    return [sql for sql in whole if "SAVEPOINT" not in sql]


@pytest.mark.parametrize(
    "typed", ["20020201", " 2002 02 01 ", "2002-02-01", "2002/02/01", "２００２０２０１"]
)
def test_g18_a_birth_date_is_eight_digits_of_the_gregorian_calendar(env, typed):
    assert identify.read_birth(env, typed).isoformat() == "2002-02-01"


@pytest.mark.parametrize(
    "typed",
    ["0910201", "910201", "20020230", "20301231", "18991231", "2002-2-1", "", "2002020x", "1" * 99],
)
def test_g18_a_year_of_the_republic_and_days_that_are_not_are_refused(env, typed):
    assert refused(identify.read_birth, env, typed) is Refusal.BIRTH_DATE_MALFORMED


def test_a_pair_that_fits_opens_a_flow_of_this_browser(env, ming, claim):
    claim.identify()
    flow = Flow.objects.get()
    assert (flow.customer_id, flow.session, flow.kind) == (ming.id, claim.at, "reissue")
    assert claim.view().facts["masked_id"] == ming.masked_identifier
    assert refused(Claim(env, at="b" * 64, flow=flow.id).view) is Refusal.FLOW_CLOSED


@pytest.mark.parametrize(
    "pair", [("A123456789", "19900202"), (NOBODY, "19900201")], ids=["wrong birth date", "unknown"]
)
def test_a_pair_that_fits_nobody_gets_the_same_and_does_the_same(env, ming, claim, pair):
    claim.identify()
    right = statements(claim.identify)
    wrong = statements(lambda: claim.identify(*pair))
    assert wrong == right
    newest = Flow.objects.order_by("opened_at", "id").filter(state="open").get()
    assert newest.customer_id is None
    assert claim.view().facts["masked_id"].endswith("****")
    assert Entry.objects.latest("id").subject == ""


def test_an_address_that_asks_for_too_many_is_turned_away_whomever_it_asks_for(env, ming, claim):
    for _ in range(env.firm.login.per_address_wrong_per_day):
        claim.identify(NOBODY)
    assert refused(claim.identify) is Refusal.TOO_MANY_TRIES
    Claim(env, address="198.51.100.8").identify()


def test_a_slip_of_the_finger_counts_for_nothing(env, claim):
    assert refused(claim.identify, "A123456788") is Refusal.IDENTIFIER_MALFORMED
    assert refused(claim.identify, birth="0790201") is Refusal.BIRTH_DATE_MALFORMED
    assert not Flow.objects.exists()


def test_claims_of_two_kinds_stand_side_by_side(env, ming, claim):
    claim.identify()
    Claim(env).identify(kind=FlowKind.UNLOCK)
    assert claim.view().kind is FlowKind.REISSUE

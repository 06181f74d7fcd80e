"""密碼補發 without a certificate: what is shown, what is mailed, what opens (item 6, G19, G25)."""

from datetime import UTC, datetime, timedelta

import pytest

from cinnabar.centre import mailed, reissue
from cinnabar.centre.models import MailRequest
from cinnabar.codes.models import Link
from cinnabar.customers.models import Contact
from cinnabar.flows.kinds import FlowState
from cinnabar.flows.models import Flow, Proof
from cinnabar.journal.events import Event
from cinnabar.journal.models import Entry
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.kernel.vault import VaultError
from tests.support.claims import Claim, own_password, with_accounts
from tests.support.mail import received
from tests.support.mailed import (
    asked_by_mail,
    confirm,
    letters,
    mails,
    open_mail,
    secret,
    shown,
    without,
)
from tests.support.signing import sign_in

pytestmark = pytest.mark.django_db(transaction=True)

NOBODY = "F123456784"


def refused(what, *args, **more):
    with pytest.raises(Refused) as no:
        what(*args, **more)
    return no.value.refusal


@pytest.fixture
def wang(env, db):
    return with_accounts(env, consolidated=False)


# --- page two -----------------------------------------------------------------------------------


def test_a_customer_sees_his_own_contacts_and_accounts_masked(env, wang):
    page = shown(without(env))
    assert (page.masked_id, page.mobile, page.email) == (
        "A12345****",
        "0958****74",
        "f*****c@example.com",
    )
    futures = env.firm.masks.account("9020-0067890")
    assert ("futures.0", futures) in {(c.value, c.number) for c in page.choices}
    assert [line.value for line in page.lines] == list(env.firm.accounts.lines_reissued)


@pytest.mark.parametrize(
    "pair", [(NOBODY, "19900201"), ("A123456789", "19900202")], ids=["unknown", "wrong birth date"]
)
def test_nobody_sees_a_page_of_the_same_shape_and_always_the_same(env, clock, wang, pair):
    page = shown(without(env, *pair))
    clock.move(timedelta(days=200))
    assert shown(without(env, *pair, at="c" * 64)) == page
    real = shown(without(env, at="d" * 64))
    assert [c.line for c in page.choices] == [c.line for c in real.choices]
    assert (page.mobile, page.email) != (real.mobile, real.email)


def test_what_is_not_on_file_is_made_up_and_looks_like_the_rest(env, mei, lin):
    for identifier in ("B223456782", "C123456781"):
        page = shown(without(env, identifier))
        assert page.mobile.startswith("09")
        assert "@" in page.email
        assert len(page.choices) == len(env.firm.accounts.lines_reissued)


def test_only_the_browser_that_was_asked_sees_it(env, wang):
    claim = without(env)
    claim.stranger = without(env, at="e" * 64).stranger
    assert refused(shown, claim) is Refusal.FLOW_CLOSED


# --- 確定申請 -----------------------------------------------------------------------------------


def test_g19_the_mail_shows_the_instant_and_its_link_is_dead_from_24_hours_later(env, clock, wang):
    clock.set(datetime(2023, 4, 10, 4, 31, 25, tzinfo=UTC))
    confirm(without(env))
    clock.move(seconds=3)
    mail = mails(env)[0]
    assert mail.to == "fredric@example.com"
    assert "2023/04/10 12:31:25" in mail.text
    assert Link.objects.get().expires_at == datetime(2023, 4, 11, 4, 31, 25, tzinfo=UTC)

    clock.set(datetime(2023, 4, 11, 4, 31, 25, tzinfo=UTC))
    assert refused(open_mail, env, secret(mail)) is Refusal.LINK_DEAD
    clock.set(datetime(2023, 4, 11, 4, 31, 24, 999999, tzinfo=UTC))
    open_mail(env, secret(mail))


def test_the_page_that_asked_has_ended(env, wang):
    claim = without(env)
    confirm(claim)
    assert refused(shown, claim) is Refusal.FLOW_CLOSED
    assert refused(claim.view) is Refusal.FLOW_CLOSED
    letters(env)
    assert Flow.objects.get(pk=claim.flow).state == FlowState.DONE
    assert MailRequest.objects.count() == 0


def test_what_was_not_offered_is_refused_and_costs_nothing(env, wang):
    claim = without(env)
    for account in ("", "securities.1", "registrar.0", str(wang.id), "x" * 32):
        with pytest.raises(Refused) as no:
            mailed.request(env, claim.stranger, claim.flow, account)
        assert no.value.refusal is Refusal.INPUT_MALFORMED
    for _ in range(env.firm.reissue.per_day):
        confirm(without(env))


def test_g25_five_a_day_then_none_until_midnight_in_taipei(env, clock, wang):
    clock.set(datetime(2026, 11, 20, 15, 59, 0, tzinfo=UTC))  # 23:59 in Taipei
    for _ in range(5):
        confirm(without(env))
    sixth = without(env)
    assert refused(confirm, sixth) is Refusal.REISSUE_LIMIT
    assert sixth.view().state is FlowState.OPEN
    clock.move(seconds=59)
    assert refused(confirm, sixth) is Refusal.REISSUE_LIMIT
    clock.move(seconds=1)
    confirm(sixth)


def test_nobody_comes_to_his_sixth_as_well(env, wang):
    for _ in range(5):
        confirm(without(env, NOBODY))
    assert refused(confirm, without(env, NOBODY)) is Refusal.REISSUE_LIMIT
    confirm(without(env))


@pytest.mark.parametrize(
    "pair", [(NOBODY, "19900201"), ("A123456789", "19900202")], ids=["unknown", "wrong birth date"]
)
def test_nothing_is_sent_for_a_pair_that_fits_nobody(env, wang, pair):
    confirm(without(env, *pair))
    assert letters(env) == ()
    assert MailRequest.objects.count() == 0
    assert Link.objects.count() == 0


def test_a_phone_alone_gets_word_that_it_cannot_be_done_this_way(env, mei):
    confirm(without(env, "B223456782"))
    [letter] = letters(env)
    assert (letter.channel, letter.to) == ("sms", "0912345678")
    assert Link.objects.count() == 0
    assert Entry.objects.filter(event=Event.REISSUE_NOT_POSSIBLE).count() == 1


def test_whom_nothing_reaches_is_told_nothing(env, lin):
    confirm(without(env, "C123456781"))
    assert letters(env) == ()


def test_a_line_without_an_account_of_his_cannot_be_reissued(env, wang):
    confirm(without(env), "wealth.0")
    [letter] = letters(env)
    assert letter.channel == "email"
    assert "/passwords/link/" not in letter.text
    assert Link.objects.count() == 0


def test_one_password_for_all_may_be_reissued_through_any_line(env, db):
    with_accounts(env, consolidated=True)
    assert asked_by_mail(env, "wealth.0").view().target == "customer"


# --- the mail is opened ---------------------------------------------------------------------------


def test_the_link_goes_on_in_the_browser_that_opens_it(env, wang):
    claim = asked_by_mail(env, "futures.0")
    flow = claim.view()
    assert flow.target.startswith("account:")
    assert {p.kind for p in Proof.objects.filter(flow_id=claim.flow)} == {"identified", "link"}
    assert refused(Claim(env, at="f" * 64, flow=claim.flow).view) is Refusal.FLOW_CLOSED


def test_the_link_works_once(env, wang):
    confirm(without(env))
    text = secret(mails(env)[0])
    open_mail(env, text)
    assert refused(open_mail, env, text, at="c" * 64) is Refusal.LINK_DEAD


def test_a_newer_request_kills_the_link_before_anything_is_mailed(env, wang):
    confirm(without(env))
    old = secret(mails(env)[0])
    confirm(without(env))
    assert refused(open_mail, env, old) is Refusal.LINK_DEAD
    open_mail(env, secret(mails(env)[0]))


def test_of_two_requests_before_the_worker_comes_round_one_is_mailed(env, wang):
    confirm(without(env))
    confirm(without(env))
    assert len(mails(env)) == 1


def test_a_request_that_cannot_be_read_keeps_nobody_else_waiting(env, wang, company):
    confirm(without(env))
    confirm(without(env, "22099131"))
    Contact.objects.filter(customer=wang.id).update(value_sealed=b"spoilt")
    with pytest.raises(VaultError):
        mailed.send_waiting(env)
    assert [letter.to for letter in received(env)] == ["office@example.com"]
    assert MailRequest.objects.count() == 1


def test_somebody_elses_request_kills_nothing(env, wang, company):
    confirm(without(env))
    text = secret(mails(env)[0])
    confirm(without(env, "22099131"))
    confirm(without(env, "A123456789", "19900202"))
    letters(env)
    open_mail(env, text)


@pytest.mark.parametrize("text", ["", "x", "0" * 64, "AAAAA-AAAAA", "é" * 40, "' OR 1=1 --"])
def test_made_up_secrets_are_dead_links(env, wang, text):
    assert refused(open_mail, env, text) is Refusal.LINK_DEAD


def test_the_link_alone_sets_no_password(env, wang):
    """RST-06, incident 1: the code is missing, and the claim may not act."""
    claim = asked_by_mail(env)
    assert refused(claim.finish) is Refusal.FLOW_OUT_OF_ORDER


def test_the_code_goes_to_the_phone_only_and_ends_in_a_new_password(env, wang):
    claim = asked_by_mail(env)
    before = len(mails(env))
    reissue.ask_again(env, claim.stranger, claim.flow)
    newest = letters(env)[0]
    assert (newest.channel, newest.to) == ("sms", "0958123474")
    assert len(mails(env)) == before
    claim.verify()
    claim.finish()
    sign_in(env, wang.identifier, own_password(env), address="198.51.100.7")


def test_the_secret_is_nowhere_but_in_the_mail(env, wang):
    confirm(without(env))
    text = secret(mails(env)[0])
    rested = [str(row) for row in Link.objects.values_list()]
    rested += list(Entry.objects.values_list("payload", flat=True))
    assert all(text not in one for one in rested)


def test_the_journal_tells_the_story(env, wang):
    asked_by_mail(env)
    told = list(Entry.objects.order_by("id").values_list("event", flat=True))
    story = [Event.REISSUE_REQUESTED, Event.REISSUE_MAILED, Event.REISSUE_LINK_OPENED]
    assert [e for e in told if e in story] == story

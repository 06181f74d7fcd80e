"""密碼補發 with a certificate, and the end of both ways (item 5, G26)."""

from datetime import timedelta

import pytest

from cinnabar.centre import certificate, finish, reissue
from cinnabar.certificates import challenges, shares
from cinnabar.customers.queries import accounts as accounts_of
from cinnabar.flows.models import Proof
from cinnabar.journal.events import Event
from cinnabar.journal.models import Entry
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.kernel.secrets import Password, Secret
from cinnabar.login.actions import resume
from cinnabar.login.models import Session
from cinnabar.passwords import store
from cinnabar.passwords.actions import set_password
from cinnabar.passwords.kinds import PasswordKind
from tests.pki.test_cms import Made
from tests.support.centre import Customer
from tests.support.claims import (
    Claim,
    Held,
    own_password,
    ready_to_finish,
    with_accounts,
    with_certificate,
)
from tests.support.mail import received
from tests.support.people import PASSWORD, visit
from tests.support.signing import sign_in

LOGIN, VOICE = PasswordKind.LOGIN, PasswordKind.VOICE


@pytest.fixture
def held(env, ming):
    return with_certificate(env, ming)


@pytest.fixture
def claim(env, ming):
    return Claim(env).identify()


def refused(what, *args, **more):
    with pytest.raises(Refused) as no:
        what(*args, **more)
    return no.value.refusal


def opens(env, password, identifier="A123456789"):
    """Does the password sign in?"""
    try:
        sign_in(env, identifier, password, address="203.0.113.9")
    except Refused as no:
        if no.refusal is Refusal.SIGN_IN_FAILED:
            return False
        raise
    return True


def test_from_the_first_page_to_the_last(env, ming, held, claim):
    assert claim.prove(held)
    claim.request(channel="sms").verify()
    claim.finish()
    assert finish.finished(env, claim.stranger, claim.flow).facts["way"] == "certificate"
    assert opens(env, own_password(env))
    assert not opens(env, PASSWORD)
    told = Entry.objects.filter(event=Event.PASSWORD_REISSUED).get()
    assert told.subject == ming.subject


def test_the_code_goes_to_the_one_contact_that_was_chosen(env, held, claim):
    claim.prove(held)
    there = reissue.offer(env, claim.claimant)
    assert there.sms == "0958****74"
    other = "email" if env.firm.pass_code.with_certificate == "customer-picks" else "sms"
    claim.request(channel=other)
    waiting = reissue.waiting(env, claim.claimant, claim.view())
    assert waiting
    assert waiting.to == getattr(there, other)
    assert waiting.resend_in == env.firm.pass_code.resend_after.total_seconds()
    assert waiting.expires_in == env.firm.pass_code.ttl.total_seconds()
    assert len(claim.code()) == env.firm.pass_code.length


def test_nobody_elses_certificate_and_none_of_nobodys_opens_the_way(env, ming, company, held):
    hers = with_certificate(env, company)
    claim = Claim(env).identify()
    assert not claim.prove(hers)
    assert claim.view().facts["way"] == ""
    nobody = Claim(env).identify(birth="19900202")
    assert not nobody.prove(held)
    assert refused(nobody.request) is Refusal.FLOW_OUT_OF_ORDER
    assert not Proof.objects.filter(kind="certificate").exists()


def test_a_certificate_that_was_revoked_or_ran_out_opens_nothing(env, clock, ming, claim):
    at_home = Customer(env, visit(env, ming))
    issued = at_home.apply()
    held = Held(device=at_home.device, der=issued.der)
    assert claim.prove(held)
    at_home.revoke()
    assert not Claim(env, at="c" * 64).identify().prove(held)


def test_a_signature_for_a_check_is_none_for_a_claim(env, held, claim):
    text = certificate.challenge(env, claim.stranger, claim.place)
    made = Made(key=held.device.key, at=env.clock.now().replace(microsecond=0))
    signed = made.sign(held.der, challenges.statement(text))
    assert not certificate.prove(env, claim.stranger, claim.place, text, signed)


def test_a_challenge_is_for_one_claim_and_one_try(env, held, claim):
    text = certificate.challenge(env, claim.stranger, claim.place)
    signed = held.sign(env, text)
    elsewhere = Claim(env, at="d" * 64).identify()
    prove = (certificate.prove, env)
    args = (elsewhere.place, text, signed)
    assert refused(*prove, elsewhere.stranger, *args) is Refusal.CHALLENGE_UNKNOWN
    args = (claim.place, text, signed)
    assert certificate.prove(env, claim.stranger, *args)
    assert refused(*prove, claim.stranger, *args) is Refusal.CHALLENGE_USED


def test_a_share_is_given_to_its_customer_on_its_device_and_looks_the_same_to_others(env, ming):
    tokens = sign_in(env, "A123456789", PASSWORD, address="127.0.0.1")
    visitor = resume(env, tokens.session, tokens.device, address="127.0.0.1")
    assert visitor
    made = shares.make(env, visitor)

    def given(claim, device, share=made.id):
        return certificate.share(env, claim.stranger, claim.place, share, device)

    claim = Claim(env).identify()
    assert given(claim, tokens.device) == made.secret
    nobody = Claim(env, at="e" * 64).identify(birth="19900202")
    for wrong in (
        given(nobody, tokens.device),
        given(claim, None),
        given(claim, Secret("f" * 64)),
        given(claim, tokens.device, "no-such-share"),
    ):
        assert len(wrong) == len(made.secret)
        assert wrong != made.secret
    assert given(nobody, tokens.device) == given(nobody, tokens.device)


@pytest.mark.parametrize("way", ["", "mailed"])
def test_the_way_of_the_certificate_is_shut_without_one(env, claim, way):
    if way:
        reissue.go_without(env, claim.stranger, claim.flow)
    assert refused(claim.request) is Refusal.FLOW_OUT_OF_ORDER
    assert refused(reissue.ask_again, env, claim.stranger, claim.flow) is Refusal.FLOW_OUT_OF_ORDER
    assert refused(finish.initial, env, claim.stranger, claim.flow) is Refusal.FLOW_OUT_OF_ORDER
    assert refused(claim.finish) is Refusal.FLOW_OUT_OF_ORDER


def test_without_the_code_no_password_is_set(env, held, claim):
    claim.prove(held)
    claim.request()
    assert refused(claim.finish) is Refusal.FLOW_OUT_OF_ORDER
    assert refused(finish.initial, env, claim.stranger, claim.flow) is Refusal.FLOW_OUT_OF_ORDER
    assert opens(env, PASSWORD)


def test_choosing_another_account_asks_for_another_code(env, clock, held):
    """COD-05: the code counts for the account it was asked for."""
    customer = with_accounts(env, consolidated=True)
    mine = store.rows(customer.id, LOGIN)
    assert mine
    claim = Claim(env).identify()
    assert claim.prove(held)
    accounts = claim.accounts()
    claim.request(accounts["securities"]).verify()
    clock.move(env.firm.pass_code.resend_after)
    claim.request(accounts["futures"])
    assert refused(claim.finish) is Refusal.FLOW_OUT_OF_ORDER
    claim.verify()
    claim.finish()


def test_wrong_codes_are_counted_and_said(env, held, claim):
    claim.prove(held)
    claim.request()
    right = claim.code()
    wrong = f"{(int(right) + 1) % 10 ** len(right):0{len(right)}}"
    most = env.firm.pass_code.max_wrong
    for _ in range(most - 1):
        assert refused(claim.verify, wrong) is Refusal.PASS_CODE_WRONG
    assert refused(claim.verify, wrong) is Refusal.PASS_CODE_CLOSED
    assert refused(claim.verify, right) is Refusal.PASS_CODE_CLOSED


def test_a_code_ends_and_another_may_be_asked_for_after_a_while(env, clock, held, claim):
    claim.prove(held)
    claim.request()
    first = claim.code()
    ask = (reissue.ask_again, env, claim.stranger, claim.flow)
    assert refused(*ask) is Refusal.PASS_CODE_TOO_SOON
    clock.move(env.firm.pass_code.ttl + timedelta(seconds=1))
    assert refused(claim.verify, first) is Refusal.PASS_CODE_CLOSED
    reissue.ask_again(env, claim.stranger, claim.flow)
    claim.verify()
    claim.finish()


def test_g25_the_sixth_request_of_a_day_is_refused_and_the_next_day_begins_anew(env, clock, held):
    claim = Claim(env).identify()
    assert claim.prove(held)
    for _ in range(env.firm.reissue.per_day):
        claim.request()
        clock.move(env.firm.pass_code.resend_after)
    assert refused(claim.request) is Refusal.REISSUE_LIMIT
    clock.move(timedelta(days=1))
    again = Claim(env).identify()
    again.prove(held)
    again.request()


def test_a_request_that_is_refused_counts_for_nothing(env, clock, held, claim):
    claim.prove(held)
    claim.request()
    for _ in range(env.firm.reissue.per_day):
        assert refused(claim.request) is Refusal.PASS_CODE_TOO_SOON
    clock.move(env.firm.pass_code.resend_after)
    claim.request()


def test_g26_a_consolidated_customer_gets_one_new_password_for_everything(env, held):
    customer = with_accounts(env, consolidated=True)
    claim = Claim(env).identify()
    claim.prove(held)
    claim.request(claim.accounts()["futures"]).verify()
    claim.finish()
    assert [row.account for row in store.rows(customer.id, LOGIN)] == [None]
    assert opens(env, own_password(env))
    voice = [row.account for row in store.rows(customer.id, VOICE)]
    assert voice == ([None] if env.firm.password.voice.on_reissue else [])


def test_g26_a_per_account_customer_gets_it_for_the_chosen_account_only(env, db):
    customer = with_accounts(env, consolidated=False)
    ids = tuple(one.id for one in accounts_of(customer.id))
    set_password(env, customer.id, PASSWORD, accounts=ids)
    held = with_certificate(env, customer)
    claim = Claim(env).identify()
    accounts = claim.accounts()
    before = {row.account: row.encoded for row in store.rows(customer.id, LOGIN)}
    claim.prove(held)
    futures = int(accounts["futures"])
    claim.request(accounts["futures"]).verify()
    claim.finish()
    after = {row.account: row.encoded for row in store.rows(customer.id, LOGIN)}
    assert set(after) == set(ids)
    assert {account for account in ids if after[account] != before[account]} == {futures}
    assert opens(env, PASSWORD)
    assert opens(env, own_password(env))
    voice = [row.account for row in store.rows(customer.id, VOICE)]
    assert voice == ([futures] if env.firm.password.voice.on_reissue else [])


def test_g26_the_other_accounts_keep_the_one_password_that_stood_for_all(env, db):
    """Somebody with accounts of their own whose first password is still one for all."""
    customer = with_accounts(env, consolidated=False)
    set_password(env, customer.id, PASSWORD)
    held = with_certificate(env, customer)
    claim = Claim(env).identify()
    claim.prove(held)
    ids = {line: int(account) for line, account in claim.accounts().items()}
    claim.request(str(ids["futures"])).verify()
    claim.finish()
    rows = {row.account: row.encoded for row in store.rows(customer.id, LOGIN)}
    assert set(rows) == set(ids.values())
    assert rows[ids["securities"]] == rows[ids["overseas"]] != rows[ids["futures"]]
    assert opens(env, PASSWORD)
    assert opens(env, own_password(env))


def test_an_account_of_somebody_else_is_not_chosen(env, held):
    with_accounts(env, consolidated=True)
    claim = Claim(env).identify()
    claim.prove(held)
    for account in ("", "0", "999999", "1 OR 1=1"):
        assert refused(claim.request, account) is Refusal.INPUT_MALFORMED
    for channel in ("", "voice", "accounts", "consolidated"):
        account = claim.accounts()["futures"]
        assert refused(claim.request, account, channel) is Refusal.INPUT_MALFORMED


def test_the_initial_password_is_shown_once_and_only_leads_to_its_change(env, clock, held, claim):
    claim.prove(held)
    claim.request()
    initial = claim.verify()
    if not env.firm.password.initial.length:
        assert initial is None
        assert opens(env, PASSWORD)
        return
    assert len(initial.reveal()) == env.firm.password.initial.length
    assert finish.initial(env, claim.stranger, claim.flow) is None
    typed = Password(initial.reveal())
    assert not opens(env, PASSWORD)
    assert refused(claim.finish, typed) is Refusal.PASSWORD_REFUSED
    (row,) = store.rows(claim.claimant.customer_id, LOGIN)
    assert row.expires_at == clock.now() + env.firm.password.initial.ttl
    clock.move(env.firm.password.initial.ttl)
    assert opens(env, typed)
    assert Session.objects.latest("started_at").must_change
    clock.move(timedelta(seconds=1))
    assert not opens(env, typed)
    claim.finish()
    assert opens(env, own_password(env))
    assert not Session.objects.latest("started_at").must_change


def test_a_lock_does_not_keep_anybody_from_it_and_is_lifted_by_it(env, ming, held):
    """LCK-05, P126."""
    for _ in range(env.firm.lock.final_wrong):
        assert not opens(env, Password("wrong1234"))
    assert not opens(env, PASSWORD)
    ready_to_finish(env, held).finish()
    assert opens(env, own_password(env))


def test_every_session_ends_and_nobody_is_signed_in(env, ming, held):
    """PWD-15, RST-09."""
    tokens = sign_in(env, "A123456789", PASSWORD, address="127.0.0.1")
    assert resume(env, tokens.session, tokens.device, address="127.0.0.1")
    ready_to_finish(env, held).finish()
    assert resume(env, tokens.session, tokens.device, address="127.0.0.1") is None


def test_a_notice_goes_where_the_code_did_not(env, held):
    """MSG-03."""
    before = len(received(env))
    claim = Claim(env).identify()
    claim.prove(held)
    claim.request(channel="sms").verify()
    claim.finish()
    letters = received(env)
    newest = letters[: len(letters) - before]
    assert sorted(letter.channel for letter in newest) == ["email", "sms"]
    mail = next(letter for letter in newest if letter.channel == "email")
    assert "密碼補發" in mail.text


def test_it_ends_once_and_a_newer_claim_of_the_browser_ends_the_older(env, held):
    claim = ready_to_finish(env, held)
    claim.finish()
    assert refused(claim.finish) is Refusal.FLOW_CLOSED
    assert refused(claim.request) is Refusal.FLOW_CLOSED
    old = Claim(env).identify()
    new = Claim(env).identify()
    assert refused(old.prove, held) is Refusal.FLOW_CLOSED
    assert new.prove(held)


def test_a_flow_left_lying_is_over(env, clock, held):
    claim = ready_to_finish(env, held)
    clock.move(timedelta(minutes=31))
    assert refused(claim.finish) is Refusal.FLOW_CLOSED

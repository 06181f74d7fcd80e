"""The PIN's vault: the host's share leaves with a proof of the PIN and in no other way (CRT-18)."""

import base64
from dataclasses import replace

import pytest

from cinnabar.certificates import shares
from cinnabar.certificates.models import Certificate, KeyShare
from cinnabar.kernel.refusal import Refusal
from cinnabar.tokens.models import SoftToken
from cinnabar.tokens.soft import actions, proving, vault
from tests.certificates.test_apply import refusal
from tests.support.centre import Customer
from tests.support.people import visit
from tests.support.soft import PIN, WRONG, App, bind, row

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def phone(env, ming):
    return replace(visit(env, ming), channel="mobile")


def begin(env, visitor, app, *, secret=None):
    """Set a PIN as the page of an application does."""
    secret = app.secret() if secret is None else secret
    data = {"public_key": b64(app.public_key), "secret": b64(secret)}
    signed = app.sign(vault.BEGIN, challenge(env, visitor), data)
    return vault.begin(
        env, visitor, signed, public_key=app.public_key, secret=secret, data=data, agent="Phone"
    )


def make(env, visitor, app, typed=PIN):
    return vault.make(env, visitor, app.sign(vault.MAKE, challenge(env, visitor), {}, typed=typed))


def release(env, visitor, app, share, typed=PIN):
    data = {"share": share}
    signed = app.sign(vault.OPEN, challenge(env, visitor), data, typed=typed)
    return vault.release(env, visitor, signed, share)


def challenge(env, visitor):
    return proving.challenge(env, proving.bearer(visitor.session))


def b64(octets):
    return base64.b64encode(octets).decode()


def test_a_pin_for_a_certificate_alone_counts_as_no_factor(env, phone):
    app = App()
    assert begin(env, phone, app) == app.key_id
    found = row(app)
    assert (found.state, found.factor, found.device) == (SoftToken.ACTIVE, False, phone.device)
    assert app.secret() not in bytes(found.sealed or b"")
    assert vault.usable(phone) == {app.key_id: False}


def test_a_share_is_made_and_opened_with_the_pin(env, phone):
    app = App()
    begin(env, phone, app)
    share = make(env, phone, app)
    assert release(env, phone, app, share.id) == share
    assert KeyShare.objects.get().token == row(app).id


def test_a_customer_of_the_soft_token_uses_its_pin(env, phone):
    app = bind(env, phone.customer_id, device=phone.device)
    share = make(env, phone, app)
    assert release(env, phone, app, share.id) == share
    assert vault.usable(phone) == {app.key_id: True}


def test_a_mistyped_pin_makes_no_share(env, phone):
    """Else the key would rest under a PIN that nobody knows."""
    app = App()
    begin(env, phone, app)
    assert refusal(make, env, phone, app, WRONG) is Refusal.TOKEN_PIN_WRONG
    assert not KeyShare.objects.exists()


def test_five_wrong_pins_erase_it_for_everybody(env, phone):
    app = App()
    begin(env, phone, app)
    share = make(env, phone, app).id
    most = env.firm.token.pin_max_wrong
    said = [refusal(release, env, phone, app, share, WRONG) for _ in range(most)]
    assert said == [Refusal.TOKEN_PIN_WRONG] * (most - 1) + [Refusal.VAULT_GONE]
    assert KeyShare.objects.get().sealed is None
    assert row(app).sealed is None
    assert refusal(release, env, phone, app, share) is Refusal.VAULT_GONE


def test_the_session_alone_opens_nothing(env, phone):
    """A thief with profile and session: the web's way to a share does not serve the vault's."""
    app = App()
    begin(env, phone, app)
    share = make(env, phone, app).id
    assert refusal(shares.release, env, phone, share) is Refusal.SHARE_GONE
    unproved = app.sign(vault.OPEN, challenge(env, phone), {"share": share})
    assert refusal(vault.release, env, phone, unproved, share) is Refusal.TOKEN_PIN_WRONG


def test_nor_does_a_claim_of_the_web(env, phone):
    """CONFLICT-6: whoever only says who he is gets octets that open nothing."""
    app = App()
    begin(env, phone, app)
    share = make(env, phone, app)
    flow = type("Flow", (), {"id": "01FLOW", "facts": {}})()
    given = shares.release_to_claim(env, phone, flow, share.id, phone.device)
    assert given != share.secret
    assert given == shares.release_to_claim(env, phone, flow, share.id, phone.device)


def test_a_proof_is_for_one_share(env, phone):
    app = App()
    begin(env, phone, app)
    one, other = make(env, phone, app), make(env, phone, app)
    signed = app.sign(vault.OPEN, challenge(env, phone), {"share": one.id}, typed=PIN)
    assert refusal(vault.release, env, phone, signed, other.id) is Refusal.TOKEN_NOT_PROVED


def test_nobody_elses_token_opens_it(env, phone, mei):
    """Neither another customer's in this session nor his own of another phone."""
    app = App()
    begin(env, phone, app)
    share = make(env, phone, app).id
    foreign = bind(env, mei, device=phone.device)
    assert refusal(release, env, phone, foreign, share) is Refusal.TOKEN_NOT_PROVED
    other_phone = bind(env, phone.customer_id, device="e" * 64)
    assert refusal(release, env, phone, other_phone, share) is Refusal.TOKEN_NOT_PROVED
    second = bind(env, phone.customer_id, device=phone.device)
    assert refusal(release, env, phone, second, share) is Refusal.VAULT_GONE


def test_another_pin_may_be_set_until_a_certificate_waits_for_the_first(env, phone):
    first, second, third = App(), App(), App()
    begin(env, phone, first)
    begin(env, phone, second)
    assert row(first).state == SoftToken.CLEARED
    certify(env, phone, second)
    assert refusal(begin, env, phone, third) is Refusal.ALREADY_LIVE
    assert row(second).state == SoftToken.ACTIVE


def test_a_token_that_is_cleared_takes_the_key_with_it(env, phone):
    app = App()
    begin(env, phone, app)
    share = make(env, phone, app).id
    actions.clear(env, row(app).id, "cleared")
    assert refusal(release, env, phone, app, share) is Refusal.VAULT_GONE
    assert KeyShare.objects.get().sealed is None


def test_a_suspended_one_opens_nothing_and_loses_nothing(env, phone):
    app = bind(env, phone.customer_id, device=phone.device)
    share = make(env, phone, app).id
    actions.suspend(env, row(app).id, "lost")
    assert refusal(release, env, phone, app, share) is Refusal.TOKEN_SUSPENDED
    actions.lift(env, row(app).id)
    assert release(env, phone, app, share).id == share


def test_a_secret_of_another_length_is_refused(env, phone):
    assert refusal(begin, env, phone, App(), secret=b"short") is Refusal.INPUT_MALFORMED
    assert not SoftToken.objects.exists()


def certify(env, visitor, app):
    """Apply with a key that waits for this app's PIN."""
    customer = Customer(env, visitor)
    flow = customer.open()
    customer.present(flow, share=make(env, visitor, app).id)
    customer.prove_code(flow)
    customer.finish(flow)
    assert Certificate.objects.get().share.token == row(app).id

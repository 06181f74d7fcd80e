"""The phone's certificate, pressed twenty times at once."""

from dataclasses import replace
from functools import partial

import pytest

from cinnabar.certificates.actions import delete, revoke
from cinnabar.certificates.models import Certificate, KeyShare
from cinnabar.certificates.states import State
from cinnabar.kernel.refusal import Refusal
from cinnabar.messages.models import Outbox
from cinnabar.tokens.models import SoftToken
from tests.certificates.test_vault import begin, release
from tests.certificates.test_vault import make as make_share
from tests.support.centre import Customer
from tests.support.crowd import at_once
from tests.support.people import visit
from tests.support.soft import WRONG, App, row

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def phone(env, ming):
    return replace(visit(env, ming), channel="mobile")


def test_twenty_clicks_on_delete_end_it_once_and_tell_him_once(env, phone):
    code = replace(env.firm.code, mobile_delete="key-signature")
    customer = Customer(replace(env, firm=replace(env.firm, code=code)), phone)
    customer.apply()
    before = Outbox.objects.count()
    flow = delete.open_deletion(customer.env, phone, key_here=True)
    delete.prove_key(customer.env, phone, flow.id, customer.device.sign(delete.statement(flow)))
    answers = at_once(*[partial(revoke.revoke, customer.env, phone, flow.id)] * 20)
    assert answers.count(Refusal.FLOW_CLOSED) == 19
    assert Certificate.objects.get().state == State.REVOKED
    told = Outbox.objects.filter(kind="certificate-changed").count() - before
    assert told <= len(env.firm.notify.cert_change_channels)


def test_ten_pins_set_at_once_leave_one(env, phone):
    apps = [App() for _ in range(10)]
    at_once(*[partial(begin, env, phone, app) for app in apps])
    active = SoftToken.objects.filter(state=SoftToken.ACTIVE)
    assert active.count() == 1
    assert not SoftToken.objects.exclude(state=SoftToken.ACTIVE).exclude(sealed=None).exists()


def test_twenty_wrong_pins_at_once_erase_the_share_and_give_it_to_nobody(env, phone):
    app = App()
    begin(env, phone, app)
    share = make_share(env, phone, app).id
    answers = at_once(*[partial(release, env, phone, app, share, WRONG)] * 20)
    most = env.firm.token.pin_max_wrong
    assert answers.count(Refusal.TOKEN_PIN_WRONG) <= most
    over = {Refusal.TOKEN_BUSY, Refusal.VAULT_GONE, Refusal.TOO_MANY_TRIES}
    assert set(answers) <= {Refusal.TOKEN_PIN_WRONG, *over}
    assert row(app).state == SoftToken.LOCKED
    assert KeyShare.objects.get().sealed is None

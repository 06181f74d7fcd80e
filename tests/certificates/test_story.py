"""G11: one customer's two days, as the documents tell them, under a fortnight's validity.

The documents' year lies before the CA of the tests was made, so the days are those of 2027.
"""

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from cinnabar.certificates import queries
from cinnabar.certificates.models import Certificate
from cinnabar.certificates.rules import HostState
from cinnabar.certificates.states import State
from cinnabar.firm import load_firm
from cinnabar.kernel.clock import FrozenClock
from tests.support.centre import Customer
from tests.support.device import Device
from tests.support.mail import received
from tests.support.people import PASSWORD, visit
from tests.support.place import FIRM
from tests.support.world import make_env

TAIPEI = ZoneInfo("Asia/Taipei")


def on(text):
    return datetime.fromisoformat(f"2027-01-{text}").replace(tzinfo=TAIPEI)


def test_g11_apply_renew_revoke_apply_again(db):
    from cinnabar.passwords.actions import set_password
    from tests.support.customers import add_customer

    firm = load_firm(FIRM)
    fortnight = replace(firm, certificate=replace(firm.certificate, validity_days=14))
    clock = FrozenClock(on("18 11:30:37"))
    env = make_env(firm=fortnight, clock=clock)
    person = add_customer(
        env, identifier="A123456789", name="王小明", mobile="0958123474", email="m@example.com"
    )
    set_password(env, person.id, PASSWORD)
    customer = Customer(env, visit(env, person))

    first = customer.apply()
    assert (first.not_before, first.not_after) == (on("18 11:30:37"), ends("2027-02-01"))
    assert queries.host_row(env, customer.visitor).state is HostState.NEEDS_RENEWAL

    clock.set(on("19 11:08:53"))
    second = customer.renew()
    assert (second.not_before, second.not_after) == (on("19 11:08:53"), ends("2027-02-15"))

    clock.set(on("19 11:15:00"))
    customer.revoke()
    assert queries.host_row(env, customer.visitor) is None

    clock.set(on("19 11:22:05"))
    customer.device = Device()
    third = customer.apply()
    assert (third.not_before, third.not_after) == (on("19 11:22:05"), ends("2027-02-02"))

    assert [row.state for row in Certificate.objects.order_by("id")] == [
        State.SUPERSEDED,
        State.REVOKED,
        State.LIVE,
    ]
    subject = fortnight.notify.cert_change_subject["zh-Hant-TW"]
    changes = [one for one in received(env) if one.subject == subject]
    assert len(changes) >= 3


def ends(day):
    return datetime.fromisoformat(f"{day} 23:59:59").replace(tzinfo=TAIPEI)

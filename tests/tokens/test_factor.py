"""A passkey as the second factor: of one customer, in one flow, once."""

from dataclasses import replace
from datetime import timedelta

import pytest

from cinnabar.centre import not_me
from cinnabar.flows.actions import steps
from cinnabar.flows.kinds import FlowKind
from cinnabar.flows.visitor import Stranger
from cinnabar.journal.events import Event
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.login import passkeys
from cinnabar.tokens import factor, queries
from cinnabar.tokens.models import Passkey
from tests.support.mail import received
from tests.support.notices import secret_in
from tests.support.passkeys import BE, BS, UP, UV, Device, recorded, stepped_up, text
from tests.support.people import visit

NOT_PROVED = Refusal.PASSKEY_NOT_PROVED


@pytest.fixture
def flow(env, visitor, register):
    """A step-up of the visitor, who has a passkey."""
    register()
    return steps.open_flow(env, visitor, FlowKind.STEP_UP).id


@pytest.fixture
def prove(env, visitor, flow, device):
    """Show the device's passkey in the flow; give the factors that are proved by it."""

    def act(answer=None, who=None, where=None):
        whose, place = who or visitor, where or flow
        shown = answer or device.use(factor.ask(env, whose, place))
        return factor.prove(env, whose, place, shown, lambda factors: factors)

    return act


def refused(act, *args, **more):
    with pytest.raises(Refused) as caught:
        act(*args, **more)
    return caught.value.refusal


def test_fid_02_what_counts_is_whether_the_device_verified_its_owner_this_time(device, prove):
    assert prove() == {"pop", "user", "mfa"}
    device.flags = UP
    assert prove() == {"pop", "user"}


def test_only_the_customers_own_passkeys_are_asked_for(env, visitor, device, flow):
    asked = factor.ask(env, visitor, flow)
    assert [one["id"] for one in asked["allowCredentials"]] == [text(device.keys[0].credential)]
    assert asked["allowCredentials"][0]["transports"] == ["hybrid", "internal"]
    assert asked["rpId"] == "login.broker.example"


def test_who_has_none_is_asked_for_none(env, visitor):
    flow = steps.open_flow(env, visitor, FlowKind.STEP_UP).id
    assert refused(factor.ask, env, visitor, flow) is Refusal.PASSKEY_NONE


def test_an_answer_counts_once(env, visitor, flow, device, prove):
    answer = device.use(factor.ask(env, visitor, flow))
    prove(answer)
    assert refused(prove, answer) is NOT_PROVED


def test_a_challenge_counts_once_whatever_became_of_it(env, visitor, flow, device, prove):
    asked = factor.ask(env, visitor, flow)
    wrong = replace(device.use(asked), signature=b"\x30\x00")
    assert refused(prove, wrong) is NOT_PROVED
    assert refused(prove, device.use(asked)) is NOT_PROVED
    assert len(recorded(Event.PASSKEY_REFUSED)) == 2


def test_an_answer_is_worth_nothing_in_another_flow_or_session(
    env, visitor, flow, device, prove, *, ming
):
    answer = device.use(factor.ask(env, visitor, flow))
    elsewhere = visit(env, ming)
    other = steps.open_flow(env, elsewhere, FlowKind.STEP_UP).id
    assert refused(prove, answer, elsewhere, other) is NOT_PROVED
    assert refused(prove, answer, elsewhere, flow) is NOT_PROVED
    later = steps.open_flow(env, visitor, FlowKind.STEP_UP).id
    assert refused(prove, answer, visitor, later) is NOT_PROVED


def test_a_challenge_for_making_one_proves_nothing(env, visitor, device, prove, flow):
    answer = device.use(passkeys.begin(env, visitor))
    assert refused(prove, answer) is NOT_PROVED


def test_anothers_passkey_proves_nothing(env, visitor, flow, prove, mei):
    other, theirs = stepped_up(env, visit(env, mei)), Device()
    passkeys.register(env, other, theirs.make(passkeys.begin(env, other)), "theirs")
    answer = theirs.use(factor.ask(env, visitor, flow))
    assert refused(prove, answer) is NOT_PROVED
    assert (
        refused(prove, replace(theirs.use(factor.ask(env, visitor, flow)), handle=b""))
        is NOT_PROVED
    )


LIES = {
    "another origin": {"origin": "https://login.broker.example.evil.example"},
    "another domain": {"rp_id": "broker.example"},
    "nobody there": {"flags": UV},
    "now it can be copied": {"flags": UP | UV | BE},
    "another's frame": {"client": {"crossOrigin": True}},
    "a registration": {"client": {"type": "webauthn.create"}},
}


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES)
def test_what_is_not_right_is_refused(device, prove, lie):
    vars(device).update(lie)
    assert refused(prove) is NOT_PROVED


FIELDS = ("client_data", "authenticator_data", "signature", "credential", "handle")


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("junk", [b"\0", b"{}", b"\xff" * 40, b"[" * 3000])
def test_nonsense_is_refused_like_anything_wrong(env, visitor, flow, device, prove, *, field, junk):
    answer = device.use(factor.ask(env, visitor, flow))
    assert refused(prove, replace(answer, **{field: junk})) is NOT_PROVED


def test_the_count_and_the_time_are_kept(env, visitor, prove, clock):
    prove()
    clock.move(timedelta(minutes=3))
    prove()
    (found,) = queries.mine(visitor.customer_id)
    assert found.used_at == env.clock.now()
    assert Passkey.objects.get().count == 2


def test_a_count_that_goes_back_stops_the_passkey_and_everybody_is_told(
    env, visitor, device, prove, flow
):
    """The copy is used first; the customer's own device then shows the same number."""
    prove()
    device.keys[0].count = 0
    assert refused(prove) is Refusal.PASSKEY_STOPPED
    assert Passkey.objects.get().count == 1
    (entry,) = recorded(Event.PASSKEY_COPIED)
    assert (entry["details"]["kept"], entry["details"]["shown"]) == (1, 1)
    told = [m for m in received(env) if "異常" in m.text or "停用" in m.text]
    assert {m.to for m in told} > {env.firm.notify.staff_mail}
    device.keys[0].count = 40
    assert refused(factor.ask, env, visitor, flow) is Refusal.PASSKEY_NONE
    assert not queries.usable(visitor.customer_id)


def test_nobody_can_make_a_passkey_look_copied_without_its_key(env, visitor, flow, device, prove):
    prove()
    device.keys[0].count = 0
    answer = device.use(factor.ask(env, visitor, flow))
    assert refused(prove, replace(answer, signature=answer.signature[:-1] + b"\0")) is NOT_PROVED
    assert queries.usable(visitor.customer_id)


def test_a_synchronised_passkey_does_not_count_and_goes_on(env, visitor):
    device = Device(flags=UP | UV | BE | BS, counts=False)
    passkeys.register(env, visitor, device.make(passkeys.begin(env, visitor)), "cloud")
    flow = steps.open_flow(env, visitor, FlowKind.STEP_UP).id
    for _ in range(2):
        answer = device.use(factor.ask(env, visitor, flow))
        factor.prove(env, visitor, flow, answer, lambda factors: factors)
    device.flags = UP | UV | BE
    answer = device.use(factor.ask(env, visitor, flow))
    factor.prove(env, visitor, flow, answer, lambda factors: factors)
    assert not queries.mine(visitor.customer_id)[0].synced


def test_what_comes_of_it_and_the_count_are_one(env, visitor, flow, device):
    """An act that is refused leaves the passkey as it was; its challenge is gone all the same."""
    asked = factor.ask(env, visitor, flow)

    def too_late(factors):
        raise Refused(Refusal.FLOW_CLOSED)

    answer = device.use(asked)
    assert refused(factor.prove, env, visitor, flow, answer, too_late) is Refusal.FLOW_CLOSED
    assert Passkey.objects.get().count == 0
    assert recorded(Event.PASSKEY_USED) == []
    assert refused(factor.prove, env, visitor, flow, answer, set) is NOT_PROVED


def test_there_is_an_end_to_trying(env, visitor, flow, prove, monkeypatch):
    monkeypatch.setattr(factor, "_PER_DAY", 2)
    prove()
    prove()
    assert refused(prove) is Refusal.TOO_MANY_TRIES


def test_this_was_not_me_stops_every_passkey(env, visitor, register, prove, flow):
    told = next(one for one in received(env) if "通行密鑰" in one.text)
    undo = secret_in(told)
    not_me.report(env, Stranger(visit="v" * 64, address="198.51.100.7"), undo)
    assert refused(factor.ask, env, visitor, flow) is Refusal.PASSKEY_NONE
    assert [one.stopped for one in queries.mine(visitor.customer_id)] == [True]

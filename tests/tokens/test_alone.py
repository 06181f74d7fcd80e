"""Signing in by a passkey alone: the device says who it is, and has verified it."""

from dataclasses import replace

import pytest

from cinnabar.flows.assurance import Assurance
from cinnabar.flows.models import Flow, Proof
from cinnabar.flows.visitor import Stranger
from cinnabar.journal.events import Event
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.kernel.secrets import Password
from cinnabar.limits.guard import Door, Scope
from cinnabar.limits.models import Tally
from cinnabar.login import passkey_sign_in, passkeys
from cinnabar.login.actions import resume, sign_in
from cinnabar.login.models import Session
from cinnabar.passwords.models import Lock
from cinnabar.tokens.models import Passkey
from tests.support.passkeys import UP, recorded, with_passkeys

NOT_PROVED = Refusal.PASSKEY_NOT_PROVED
ADDRESS = "203.0.113.7"
SOMEBODY = Stranger(visit="b" * 64, address="198.51.100.1")


@pytest.fixture
def env(env):
    return with_passkeys(env, alone=True)


@pytest.fixture
def stranger():
    return Stranger(visit="a" * 64, address=ADDRESS)


@pytest.fixture
def enter(env, stranger, device, register):
    """Sign in with the device's passkey."""
    register()

    def act(answer=None, who=None):
        shown = answer or device.use(passkey_sign_in.ask(env, who or stranger))
        return passkey_sign_in.sign_in(env, who or stranger, shown, device=None, agent="Test")

    return act


def refused(act, *args, **more):
    with pytest.raises(Refused) as caught:
        act(*args, **more)
    return caught.value.refusal


def wrong_tries():
    found = Tally.objects.filter(what=f"{Door.SIGN_IN}-wrong-{Scope.ADDRESS}", whom=ADDRESS)
    return sum(found.values_list("n", flat=True))


def test_whoever_the_device_says_is_signed_in(env, enter, ming):
    tokens = enter()
    visitor = resume(env, tokens.session, tokens.device, address=ADDRESS)
    assert visitor is not None
    assert visitor.customer_id == ming.id
    assert visitor.amr == {"pop", "user", "mfa"}
    assert visitor.assurance is Assurance.RESISTANT
    assert not visitor.must_change
    assert wrong_tries() == 0
    passkeys.begin(env, visitor)  # a factor of this moment: nothing more is asked


def test_signed_in_again_on_a_known_device_where_no_password_was_ever_tried(
    env, enter, device, stranger
):
    """Its lane of the lock, and the customer's own, have no row before the first password."""
    Lock.objects.all().delete()
    tokens = enter()
    answer = device.use(passkey_sign_in.ask(env, stranger))
    again = passkey_sign_in.sign_in(env, stranger, answer, device=tokens.device, agent="Test")
    assert resume(env, again.session, again.device, address=ADDRESS) is not None


def test_it_goes_through_the_one_decision_point(enter, ming):
    enter()
    flow = Flow.objects.get(kind="sign-in", facts__way="passkey")
    assert (flow.customer_id, flow.state, flow.facts["way"]) == (ming.id, "done", "passkey")
    assert [one.kind for one in Proof.objects.filter(flow=flow)] == ["passkey"]


def test_the_device_is_asked_for_no_one_in_particular(env, stranger):
    asked = passkey_sign_in.ask(env, stranger)
    assert asked["allowCredentials"] == []
    assert asked["userVerification"] == "required"


def test_fid_02_a_touch_alone_is_one_factor_and_not_enough(enter, device):
    device.flags = UP
    assert refused(enter) is NOT_PROVED
    assert not Session.objects.filter(amr__contains="pop").exists()


def test_a_passkey_is_made_with_verification_where_it_stands_alone(env, visitor):
    asked = passkeys.begin(env, visitor)["authenticatorSelection"]
    assert (asked["userVerification"], asked["residentKey"]) == ("required", "required")


def test_every_failure_looks_the_same_and_takes_a_place(env, enter, device, stranger):
    asked = passkey_sign_in.ask(env, stranger)
    good = device.use(asked)
    lies = (
        replace(good, handle=b""),
        replace(good, handle=bytes(32)),
        replace(good, credential=bytes(32)),
        replace(good, signature=b"\x30\x00"),
    )
    for number, lie in enumerate(lies, start=1):
        fresh = device.use(passkey_sign_in.ask(env, stranger))
        changed = {k: v for k, v in vars_of(lie).items() if v != vars_of(good)[k]}
        assert refused(enter, replace(fresh, **changed)) is NOT_PROVED
        assert wrong_tries() == number
    assert {entry["details"]["why"] for entry in recorded(Event.PASSKEY_REFUSED)} == {NOT_PROVED}


def vars_of(answer):
    return {name: getattr(answer, name) for name in type(answer).__slots__}


def test_a_challenge_is_for_one_browser_once(env, enter, device, stranger):
    other = Stranger(visit="b" * 64, address=ADDRESS)
    answer = device.use(passkey_sign_in.ask(env, stranger))
    assert refused(enter, answer, other) is NOT_PROVED
    enter(answer)
    assert refused(enter, answer) is NOT_PROVED


def test_a_challenge_for_another_purpose_opens_nothing(env, enter, visitor, device):
    same = Stranger(visit=visitor.session, address=ADDRESS)
    answer = device.use(passkeys.begin(env, visitor))
    assert refused(enter, answer, same) is NOT_PROVED


def test_a_locked_sign_in_is_locked_for_a_passkey_too(env, enter, ming):
    for _ in range(env.firm.login.max_wrong):
        with pytest.raises(Refused):
            sign_in(env, SOMEBODY, ming.identifier, Password("demo9999"))
    assert refused(enter) is NOT_PROVED
    assert Passkey.objects.get().count == 0


def test_an_address_that_was_wrong_too_often_is_turned_away(env, enter, device):
    Tally.objects.create(
        what=f"{Door.SIGN_IN}-wrong-{Scope.ADDRESS}",
        whom=ADDRESS,
        day=env.clock.now().astimezone(env.firm.identity.timezone).date(),
        n=env.firm.login.per_address_wrong_per_day,
    )
    assert refused(enter) is Refusal.TOO_MANY_TRIES
    assert Passkey.objects.get().used_at is None


def test_a_copy_is_stopped_here_too(enter, device):
    enter()
    device.keys[0].count = 0
    assert refused(enter) is Refusal.PASSKEY_STOPPED
    assert Passkey.objects.get().stopped_at
    device.keys[0].count = 50
    assert refused(enter) is Refusal.PASSKEY_STOPPED


def test_where_the_firm_wants_a_password_a_passkey_is_none(env, stranger, enter, device):
    answer = device.use(passkey_sign_in.ask(env, stranger))
    plain = with_passkeys(env)
    assert refused(passkey_sign_in.ask, plain, stranger) is Refusal.NOT_FOUND
    entering = (passkey_sign_in.sign_in, plain, stranger, answer)
    assert refused(*entering, device=None) is Refusal.NOT_FOUND


def test_removing_one_signs_out_what_it_had_signed_in(env, enter, visitor):
    tokens = enter()
    passkeys.remove(env, visitor, Passkey.objects.get().id)
    assert resume(env, tokens.session, tokens.device, address=ADDRESS) is None
    assert Session.objects.filter(pk=visitor.session, ended_at=None).exists()

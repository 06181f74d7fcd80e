"""Making, naming and removing a passkey: what is checked, and who is told."""

from dataclasses import replace
from datetime import timedelta

import pytest

from cinnabar.journal.events import Event
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.login import passkeys
from cinnabar.tokens import queries
from cinnabar.tokens.models import Passkey
from tests.support.mail import received
from tests.support.passkeys import (
    BE,
    BS,
    UP,
    UV,
    Device,
    recorded,
    stepped_up,
    text,
    with_passkeys,
)
from tests.support.people import visit

NOT_PROVED = Refusal.PASSKEY_NOT_PROVED


def refused(act, *args):
    with pytest.raises(Refused) as caught:
        act(*args)
    return caught.value.refusal


def test_a_passkey_is_registered_named_and_listed(env, visitor, register):
    passkey = register("  我的  手機 ")
    (found,) = passkeys.mine(env, visitor)
    assert (found.id, found.name, found.verified, found.synced) == (
        passkey,
        "我的 手機",
        True,
        False,
    )
    assert found.made_at == env.clock.now()
    assert found.used_at is None
    (entry,) = recorded(Event.PASSKEY_REGISTERED)
    assert entry["subject"] == visitor.subject


def test_the_notice_takes_another_way_than_the_step_up(env, ming, register):
    """Stepped up by SMS: whoever sits at that telephone is not the only one to learn of it."""
    register()
    (letter,) = (one for one in received(env) if "通行密鑰" in one.text)
    assert letter.channel == "email"
    assert "/passwords/not-me/#" in letter.text or "passwords" not in letter.text


def test_what_the_device_is_told_names_nobody(env, visitor, ming):
    asked = passkeys.begin(env, visitor)
    assert asked["rp"]["id"] == "login.broker.example"
    assert asked["user"]["name"] == asked["user"]["displayName"] == ming.masked_identifier
    assert ming.identifier not in str(asked)
    assert asked["user"]["id"] == passkeys.begin(env, visitor)["user"]["id"]
    assert asked["challenge"] != passkeys.begin(env, visitor)["challenge"]
    assert asked["attestation"] == "none"
    assert {one["alg"] for one in asked["pubKeyCredParams"]} == {-7, -8, -257}


def test_a_device_that_has_one_is_named_among_the_excluded(env, visitor, register, device):
    register()
    excluded = passkeys.begin(env, visitor)["excludeCredentials"]
    assert [one["id"] for one in excluded] == [text(device.keys[0].credential)]


LIES = {
    "another origin": Device(origin="https://login.broker.example.evil.example"),
    "the origin of a forged page": Device(origin="https://1ogin.broker.example"),
    "another port": Device(origin="https://login.broker.example:8443"),
    "no transport security": Device(origin="http://login.broker.example"),
    "another domain": Device(rp_id="broker.example"),
    "nobody was there": Device(flags=UV),
    "backed up without being able to": Device(flags=UP | UV | BS),
    "another's frame": Device(client={"crossOrigin": True}),
    "a frame's own word": Device(client={"topOrigin": "https://evil.example"}),
    "an assertion instead": Device(client={"type": "webauthn.get"}),
    "a challenge of its own": Device(client={"challenge": text(bytes(56))}),
    "no challenge at all": Device(client={"challenge": 7}),
    "half a challenge": Device(client={"challenge": "AA"}),
}


@pytest.mark.parametrize("liar", LIES.values(), ids=LIES)
def test_what_is_not_right_is_refused_and_nothing_is_stored(env, visitor, liar):
    made = Device(**vars(liar)).make(passkeys.begin(env, visitor))
    assert refused(passkeys.register, env, visitor, made, "x") is NOT_PROVED
    assert not Passkey.objects.exists()


@pytest.mark.parametrize("field", ["client_data", "attestation", "credential"])
@pytest.mark.parametrize("junk", [b"\0", b"{}", b"[1]", b"\xff" * 40, b"\xa1\x01", b"[" * 5000])
def test_nonsense_is_refused_like_anything_wrong(env, visitor, device, field, junk):
    made = device.make(passkeys.begin(env, visitor))
    wrong = replace(made, **{field: junk})
    assert refused(passkeys.register, env, visitor, wrong, "x") is NOT_PROVED


def test_an_algorithm_that_was_not_asked_for_is_refused(env, visitor, device):
    made = device.make(passkeys.begin(env, visitor), alg=-47)
    assert refused(passkeys.register, env, visitor, made, "x") is NOT_PROVED


def test_a_challenge_counts_once(env, visitor, device):
    asked = passkeys.begin(env, visitor)
    passkeys.register(env, visitor, device.make(asked), "one")
    assert refused(passkeys.register, env, visitor, device.make(asked), "two") is NOT_PROVED


def test_a_challenge_lives_five_minutes(env, visitor, device, clock):
    made = device.make(passkeys.begin(env, visitor))
    clock.move(timedelta(minutes=5, seconds=1))
    again = stepped_up(env, visitor)
    assert refused(passkeys.register, env, again, made, "x") is NOT_PROVED


def test_a_challenge_of_another_session_or_customer_is_none(env, visitor, device, ming, mei):
    asked = passkeys.begin(env, visitor)
    for other in (visit(env, ming), visit(env, mei)):
        made = device.make(asked)
        assert refused(passkeys.register, env, stepped_up(env, other), made, "x") is NOT_PROVED


@pytest.mark.parametrize("factors", [(), ("email",)], ids=["password", "password-and-mail"])
def test_every_act_asks_for_a_second_factor_that_is_no_mail(env, ming, register, factors):
    passkey = register()
    weak = visit(env, ming)
    weak = replace(weak, amr=frozenset({"pwd", *factors}))
    acts = (
        (passkeys.begin, env, weak),
        (
            passkeys.register,
            env,
            weak,
            Device().make(passkeys.begin(env, stepped_up(env, weak))),
            "x",
        ),
        (passkeys.to_remove, env, weak, passkey),
        (passkeys.remove, env, weak, passkey),
    )
    for act in acts:
        assert refused(*act) is Refusal.STEP_UP_NEEDED
    assert Passkey.objects.count() == 1


def test_a_factor_of_an_hour_ago_is_not_enough(env, visitor, clock):
    clock.move(timedelta(hours=1))
    assert refused(passkeys.begin, env, visitor) is Refusal.STEP_UP_NEEDED


def test_there_is_a_limit_and_removing_makes_room(env, visitor):
    env = with_passkeys(env, most=2)
    asked = (passkeys.begin(env, visitor) for _ in range(2))
    made = [passkeys.register(env, visitor, Device().make(one), "x") for one in asked]
    assert refused(passkeys.begin, env, visitor) is Refusal.PASSKEY_LIMIT
    passkeys.remove(env, visitor, made[0])
    passkeys.begin(env, visitor)


def test_two_begun_at_the_last_place_make_one(env, visitor):
    env = with_passkeys(env, most=1)
    first, second = (Device().make(passkeys.begin(env, visitor)) for _ in range(2))
    passkeys.register(env, visitor, first, "one")
    assert refused(passkeys.register, env, visitor, second, "two") is Refusal.PASSKEY_LIMIT


def test_a_credential_is_nobody_elses_afterwards(env, visitor, mei, device, register):
    """Whoever learns a credential's id cannot register it as his own (L3 §7.1)."""
    register()
    other = stepped_up(env, visit(env, mei))
    thief = Device()
    made = thief.make(passkeys.begin(env, other))
    known = device.keys[0].credential
    stolen = replace(
        made, attestation=made.attestation.replace(made.credential, known), credential=known
    )
    assert refused(passkeys.register, env, other, stolen, "x") is Refusal.PASSKEY_KNOWN


@pytest.mark.parametrize("name", [" ", "\u200b\u200e", "x" * 41], ids=["blank", "unseen", "long"])
def test_a_name_says_something_and_is_short(env, visitor, register, name):
    assert refused(register, name) is Refusal.PASSKEY_NAME
    passkey = register()
    assert refused(passkeys.rename, env, visitor, passkey, name) is Refusal.PASSKEY_NAME


def test_nobody_touches_anothers_passkey(env, visitor, register, mei):
    passkey, other = register(), stepped_up(env, visit(env, mei))
    for act in (passkeys.one_of, passkeys.to_remove, passkeys.remove):
        assert refused(act, env, other, passkey) is Refusal.NOT_FOUND
    assert refused(passkeys.rename, env, other, passkey, "mine") is Refusal.NOT_FOUND
    assert [one.name for one in queries.mine(visitor.customer_id)] == ["我的手機"]


def test_removing_the_last_one_is_said_and_told(env, visitor, register):
    passkey = register()
    assert passkeys.is_last(env, visitor, passkey)
    register("second", with_device=Device())
    assert not passkeys.is_last(env, visitor, passkey)
    passkeys.remove(env, visitor, passkey)
    assert [one.name for one in passkeys.mine(env, visitor)] == ["second"]
    # All letters are of one moment: which of them is the newest nobody knows.
    assert any("移除" in one.text for one in received(env))
    assert len(recorded(Event.PASSKEY_REMOVED)) == 1


def test_a_passkey_that_is_synchronised_says_so(env, visitor):
    device = Device(flags=UP | UV | BE | BS)
    passkeys.register(env, visitor, device.make(passkeys.begin(env, visitor)), "cloud")
    assert passkeys.mine(env, visitor)[0].synced


@pytest.mark.parametrize("base", ["http://127.0.0.1:8000", "https://[2001:db8::1]"])
def test_without_a_domain_none_can_be_made(env, visitor, base):
    elsewhere = replace(env, base_url=base)
    assert passkeys.mine(elsewhere, visitor) == ()
    assert refused(passkeys.begin, elsewhere, visitor) is Refusal.NOT_FOUND


def test_without_the_firms_wish_there_is_none(env, visitor):
    policy = replace(env.firm.login.second_factor, methods=("sms",))
    firm = replace(env.firm, login=replace(env.firm.login, second_factor=policy))
    for act in (passkeys.mine, passkeys.begin):
        assert refused(act, replace(env, firm=firm), visitor) is Refusal.NOT_FOUND

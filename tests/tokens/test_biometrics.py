"""生物認證: switched on with terms, PIN and device; opens what the PIN opens, and nothing alone."""

from dataclasses import replace

import pytest

from cinnabar.flows.assurance import Assurance, assurance
from cinnabar.journal.events import Event
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.login import passkeys
from cinnabar.login.soft import biometrics
from cinnabar.tokens import factor, queries
from cinnabar.tokens.models import Agreement, Passkey, SoftToken
from cinnabar.tokens.soft.biometrics import FACTORS
from cinnabar.tokens.soft.terms import terms
from tests.support.biometrics import Phone, with_biometrics
from tests.support.mail import received
from tests.support.passkeys import BE, BS, UP, UV, Device, recorded, stepped_up, with_passkeys
from tests.support.people import visit
from tests.support.soft import WRONG, App, bind

NOT_PROVED = Refusal.BIOMETRICS_NOT_PROVED


@pytest.fixture
def env(env):
    return with_biometrics(env)


@pytest.fixture
def phone(env, ming):
    """王小明's telephone: his token is bound to it, and he is signed in to the app."""
    return Phone(env, replace(visit(env, ming), channel="mobile")).bind()


@pytest.fixture
def ready(phone):
    """The same, with biometrics on."""
    phone.switch_on()
    return phone


def refused(act, *args, **more):
    with pytest.raises(Refused) as caught:
        act(*args, **more)
    return caught.value.refusal


def test_bio_04_on_with_the_terms_the_pin_and_the_device(env, phone):
    phone.switch_on()
    assert phone.row.biometrics == "on"
    text = terms(env, env.firm.identity.locale)
    kept = Agreement.objects.get()
    assert (kept.version, kept.sha256, kept.language) == (text.version, text.sha256, text.language)
    assert (kept.channel, kept.at) == ("mobile", env.clock.now())
    (said,) = recorded(Event.BIOMETRICS_ON)
    assert said["details"]["sha256"] == text.sha256
    assert any("啟用了生物認證" in one.text for one in received(env))


def test_the_device_is_asked_for_its_own_key_and_its_owner(env, phone, ming):
    asked = phone.begin()
    assert asked["authenticatorSelection"] == {
        "authenticatorAttachment": "platform",
        "residentKey": "discouraged",
        "requireResidentKey": False,
        "userVerification": "required",
    }
    assert asked["user"]["name"] == ming.masked_identifier
    own = passkeys.begin(with_passkeys(env), stepped_up(env, phone.visitor))
    assert asked["user"]["id"] != own["user"]["id"], "it would take the place of his own passkey"


def test_a_wrong_pin_switches_nothing_on_and_counts(phone):
    assert refused(phone.switch_on, typed=WRONG) is Refusal.TOKEN_PIN_WRONG
    assert phone.row.wrong == 1
    assert phone.row.biometrics == ""
    assert Passkey.objects.count() == 0


def test_a_challenge_that_was_not_given_for_the_pin_switches_nothing_on(env, phone):
    stepped = stepped_up(env, phone.visitor)
    asked = passkeys.begin(with_passkeys(env), stepped)
    made = phone.passkeys.make(asked)
    assert refused(biometrics.finish, env, phone.visitor, made, phone.wish()) is NOT_PROVED


def test_what_the_pin_opened_counts_once_and_for_these_terms(env, phone):
    asked = phone.begin()
    biometrics.finish(env, phone.visitor, phone.passkeys.make(asked), phone.wish())
    again = phone.passkeys.make(asked)
    assert refused(biometrics.finish, env, phone.visitor, again, phone.wish()) is NOT_PROVED
    other = replace(phone.wish(), language="en")
    english = replace(other, terms=terms(env, "en").sha256)
    made = phone.passkeys.make(phone.begin())
    assert refused(biometrics.finish, env, phone.visitor, made, english) is NOT_PROVED


def test_terms_that_changed_while_they_were_read_are_not_agreed_to(env, phone):
    stale = replace(phone.wish(), terms="0" * 64)
    said = phone.sign(biometrics.ON, {"terms": stale.terms}, "834027")
    assert refused(biometrics.begin, env, phone.visitor, said, stale) is Refusal.BIOMETRICS_TERMS
    assert phone.row.wrong == 0


def test_a_device_that_does_not_verify_its_owner_has_no_biometrics(env, phone):
    phone.passkeys.flags = UP
    assert refused(phone.switch_on) is NOT_PROVED
    assert phone.row.biometrics == ""


def test_another_customers_token_in_this_browser_switches_nothing_on(env, phone, mei):
    theirs = App()
    bind(env, mei, theirs, device=phone.visitor.device)
    wish = phone.wish()
    mine, phone.app = phone.app, theirs
    said = phone.sign(biometrics.ON, {"terms": wish.terms}, "834027")
    phone.app = mine
    refusal = refused(biometrics.begin, env, phone.visitor, said, wish)
    assert refusal is Refusal.TOKEN_NOT_PROVED
    assert not SoftToken.objects.exclude(biometrics="").exists()


def test_without_a_token_on_this_device_there_is_nothing_to_switch_on(env, ming):
    phone = Phone(env, visit(env, ming))
    assert biometrics.here(env, phone.visitor) is None
    assert refused(phone.begin) is Refusal.BIOMETRICS_NONE


def test_the_pin_of_a_certificate_alone_is_no_token(env, ming):
    phone = Phone(env, visit(env, ming))
    bind(env, ming, phone.app, device=phone.visitor.device, factor=False)
    assert refused(phone.begin) is Refusal.BIOMETRICS_NONE


def test_where_the_firm_offers_none_there_is_none(env, phone):
    token = replace(env.firm.token, unlock=("pin",))
    phone.env = replace(env, firm=replace(env.firm, token=token))
    assert refused(phone.begin) is Refusal.NOT_FOUND


def test_bio_01_it_opens_what_the_pin_opens_and_is_resistant(ready):
    assert ready.use("approve", {"number": "47"}) == ready.app.key_id
    assert assurance(FACTORS) is Assurance.RESISTANT
    assert Passkey.objects.get().used_at == ready.env.clock.now()
    (said,) = recorded(Event.PASSKEY_USED)
    assert said["details"]["factors"] == ["mfa", "pop", "token", "user"]


def test_the_finger_was_put_on_these_very_words(ready):
    """The key's challenge is the statement: what it signed for one thing opens no other."""
    said = ready.sign("approve", {"number": "47"})
    shown = ready.show(said, "approve", {"number": "48"})
    assert refused(ready.send, said, "approve", {"number": "47"}, shown) is NOT_PROVED
    (entry,) = recorded(Event.BIOMETRICS_REFUSED)
    assert entry["details"]["purpose"] == "approve"


def test_the_passkey_alone_opens_nothing(ready):
    other = App()
    challenge = ready.sign("sign-in", {}).challenge
    said = other.sign("sign-in", challenge)
    shown = ready.show(said, "sign-in", {})
    assert refused(ready.send, said, "sign-in", {}, shown) is Refusal.TOKEN_NOT_PROVED


def test_the_tokens_key_alone_opens_nothing(ready):
    ready.passkeys, stranger = Device(), ready.passkeys
    ready.passkeys.make(ready.begin())
    assert refused(ready.use) is NOT_PROVED
    ready.passkeys = stranger
    assert ready.use()


def test_another_tokens_biometrics_open_nothing(env, ready, mei):
    theirs = Phone(env, visit(env, mei)).bind()
    theirs.switch_on()
    said = ready.sign("sign-in", {})
    shown = theirs.show(said, "sign-in", {})
    assert refused(ready.send, said, "sign-in", {}, shown) is NOT_PROVED


def test_an_answer_counts_once(ready):
    said = ready.sign("sign-in", {})
    shown = ready.show(said, "sign-in", {})
    ready.send(said, "sign-in", {}, shown)
    assert refused(ready.send, said, "sign-in", {}, shown) is Refusal.TOKEN_NOT_PROVED


LIES = {
    "another origin": {"origin": "https://login.broker.example.evil.example"},
    "another domain": {"rp_id": "broker.example"},
    "nobody there": {"flags": UV},
    "its owner not verified": {"flags": UP},
    "now it can be copied": {"flags": UP | UV | BE},
    "another's frame": {"client": {"crossOrigin": True}},
    "a registration": {"client": {"type": "webauthn.create"}},
}


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES)
def test_what_is_not_right_is_refused(ready, lie):
    vars(ready.passkeys).update(lie)
    assert refused(ready.use) is NOT_PROVED


@pytest.mark.parametrize("field", ["client_data", "authenticator_data", "signature", "credential"])
@pytest.mark.parametrize("junk", [b"\0", b"{}", b"\xff" * 40, b"[" * 3000])
def test_nonsense_is_refused_like_anything_wrong(ready, field, junk):
    said = ready.sign("sign-in", {})
    shown = replace(ready.show(said, "sign-in", {}), **{field: junk})
    assert refused(ready.send, said, "sign-in", {}, shown) is NOT_PROVED


def test_what_comes_of_it_and_the_count_are_one(ready):
    def too_late(held):
        raise Refused(Refusal.FLOW_CLOSED)

    assert refused(ready.use, then=too_late) is Refusal.FLOW_CLOSED
    assert Passkey.objects.get().count == 0
    assert recorded(Event.PASSKEY_USED) == []


def test_a_count_that_goes_back_stops_it_and_everybody_is_told(env, ready):
    ready.use()
    ready.passkeys.keys[0].count = 0
    assert refused(ready.use) is Refusal.BIOMETRICS_SUSPENDED
    assert ready.stands == "copied"
    assert recorded(Event.PASSKEY_COPIED)
    assert env.firm.notify.staff_mail in {one.to for one in received(env)}
    ready.passkeys.keys[0].count = 40
    assert refused(ready.use) is Refusal.BIOMETRICS_SUSPENDED


def test_a_synchronised_key_does_not_count_and_goes_on(phone):
    phone.passkeys = Device(flags=UP | UV | BE | BS, counts=False)
    phone.switch_on()
    assert phone.use()
    assert phone.use()


def test_bio_02_off_asks_the_pin_and_the_pin_goes_on(ready):
    assert refused(ready.switch_off, typed=WRONG) is Refusal.TOKEN_PIN_WRONG
    assert ready.stands == "on"
    ready.switch_off()
    assert ready.stands == ""
    assert refused(ready.use) is Refusal.BIOMETRICS_NONE
    assert recorded(Event.BIOMETRICS_OFF)
    ready.switch_on()
    assert ready.use()


def test_switching_on_again_makes_a_new_key_and_the_old_one_opens_nothing(ready):
    former = ready.passkeys.keys[0]
    ready.switch_on()
    assert ready.use()
    said = ready.sign("sign-in", {})
    from hashlib import sha256

    from cinnabar.tokens.soft.signed import statement
    from tests.support.passkeys import text

    challenge = {"challenge": text(sha256(statement(said, "sign-in", {})).digest())}
    shown = ready.passkeys.use(challenge, former)
    assert refused(ready.send, said, "sign-in", {}, shown) is NOT_PROVED


def test_it_is_in_no_list_of_passkeys_and_no_factor_on_the_web(env, ready):
    web = with_passkeys(env, alone=True)
    visitor = stepped_up(env, ready.visitor)
    assert queries.mine(visitor.customer_id) == ()
    assert not queries.usable(visitor.customer_id)
    passkey = Passkey.objects.get()
    assert refused(passkeys.rename, web, visitor, passkey.id, "mine") is Refusal.NOT_FOUND
    assert refused(passkeys.remove, web, visitor, passkey.id) is Refusal.NOT_FOUND
    assert refused(factor.ask, web, visitor, "f" * 26) is Refusal.PASSKEY_NONE


def test_a_token_that_ended_has_no_biometrics(ready):
    SoftToken.objects.filter(pk=ready.row.id).update(
        state=SoftToken.CLEARED, sealed=None, ended_at=ready.env.clock.now()
    )
    assert refused(ready.use) is Refusal.TOKEN_NONE
    assert biometrics.here(ready.env, ready.visitor) is None

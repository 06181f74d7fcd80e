"""行動憑證中心: beside the computer's certificate, its deletion, states (P47, P153-P155, G8)."""

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from cinnabar.certificates import queries, shares
from cinnabar.certificates.actions import delete, revoke
from cinnabar.certificates.models import Certificate, KeyShare
from cinnabar.certificates.rules import HostState
from cinnabar.certificates.states import EndReason, State
from cinnabar.flows.kinds import FlowKind, ProofKind
from cinnabar.flows.rules import BY_KEY, required_proofs
from cinnabar.kernel.refusal import Refusal
from cinnabar.words import Words
from tests.certificates.test_apply import refusal
from tests.support.centre import Customer
from tests.support.device import Device
from tests.support.mail import received
from tests.support.people import visit


@pytest.fixture
def on_the_phone(env, ming):
    """王小明, signed in to the app on his phone."""
    return Customer(env, replace(visit(env, ming), channel="mobile"))


@pytest.fixture(params=["no-proof", "key-signature"])
def asked(request, env, on_the_phone):
    """What the firm asks of a deletion."""
    policy = env.firm.code
    faces = policy.required_for_revoke - {"mobile"}
    code = replace(policy, mobile_delete=request.param, required_for_revoke=faces)
    on_the_phone.env = replace(env, firm=replace(env.firm, code=code))
    return request.param


def test_it_lives_beside_the_computers(env, ming, on_the_phone):
    """P155: one for each channel, and neither knows of the other."""
    at_home = Customer(env, visit(env, ming))
    at_home.apply()
    env.clock.move(seconds=61)
    on_the_phone.apply()
    live = Certificate.objects.filter(state=State.LIVE)
    assert set(live.values_list("channel", flat=True)) == {"web", "mobile"}
    assert queries.host_row(env, at_home.visitor) != queries.host_row(env, on_the_phone.visitor)
    on_the_phone.delete(key_here=True)
    assert Certificate.objects.get(state=State.LIVE).channel == "web"


def test_deleting_revokes_it_at_the_host_and_tells_him(asked, on_the_phone):
    on_the_phone.apply()
    on_the_phone.delete()
    row = Certificate.objects.get()
    assert (row.state, row.reason) == (State.REVOKED, EndReason.CESSATION)
    assert KeyShare.objects.get(pk=row.share_id).sealed is None
    assert any("註銷" in letter.text for letter in received(on_the_phone.env))


def test_where_the_firm_asks_it_another_key_deletes_nothing(on_the_phone, asked):
    on_the_phone.apply()
    if asked == "no-proof":
        assert on_the_phone.delete(signer=Device())
        return
    assert refusal(on_the_phone.delete, signer=Device()) is Refusal.DELETE_SIGNATURE
    assert Certificate.objects.get().state == State.LIVE


def test_nor_does_the_confirmation_alone(on_the_phone, asked):
    on_the_phone.apply()
    flow = delete.open_deletion(on_the_phone.env, on_the_phone.visitor, key_here=True).id
    if asked == "key-signature":
        act = (revoke.revoke, on_the_phone.env, on_the_phone.visitor, flow)
        assert refusal(*act) is Refusal.FLOW_OUT_OF_ORDER
        assert Certificate.objects.get().state == State.LIVE


def test_whoever_says_that_his_key_is_lost_needs_a_code(on_the_phone, asked):
    """Else the signature would be asked of nobody."""
    on_the_phone.apply()
    on_the_phone.env.clock.move(seconds=61)
    if asked == "no-proof":
        on_the_phone.delete(key_here=False)
    else:
        assert refusal(on_the_phone.delete, key_here=False) is Refusal.FLOW_OUT_OF_ORDER
        on_the_phone.revoke()
    assert Certificate.objects.get().state == State.REVOKED


def test_on_the_web_no_key_deletes(env, ming):
    """The way by the key is the phone's: on the web a revocation takes its code (P45)."""
    at_home = Customer(env, visit(env, ming))
    at_home.apply()
    assert not delete.asks_signature(delete.open_deletion(env, at_home.visitor, key_here=True))
    assert refusal(at_home.delete) is Refusal.FLOW_OUT_OF_ORDER


def test_a_signature_is_good_for_its_own_flow(on_the_phone):
    """A deletion that was given up cannot be replayed in the next one."""
    env = on_the_phone.env
    on_the_phone.env = env = replace(
        env, firm=replace(env.firm, code=replace(env.firm.code, mobile_delete="key-signature"))
    )
    on_the_phone.apply()
    first = delete.open_deletion(env, on_the_phone.visitor, key_here=True)
    signature = on_the_phone.device.sign(delete.statement(first))
    second = delete.open_deletion(env, on_the_phone.visitor, key_here=True)
    prove = (delete.prove_key, env, on_the_phone.visitor)
    assert refusal(*prove, second.id, signature) is Refusal.DELETE_SIGNATURE
    assert refusal(*prove, first.id, signature) is Refusal.FLOW_CLOSED


def test_what_a_deletion_by_its_key_needs(env):
    needed = required_proofs(env.firm, FlowKind.REVOKE, "mobile", with_code=False, way=BY_KEY)
    assert needed == {ProofKind.SIGNED_IN, ProofKind.CONFIRMATION, ProofKind.OLD_KEY}


@pytest.mark.parametrize("language", ["zh-Hant-TW", "zh-Hant-HK", "en"])
def test_g8_the_state_that_the_web_calls_due_is_normal_on_the_phone(env, language):
    """A certificate of a fortnight is due from birth; the phone says 正常 (P160, conflict 6)."""
    words = Words(env.firm, language)
    due = HostState.NEEDS_RENEWAL.value
    assert words.say(f"state.mobile.{due}") == words.say("state.mobile.normal")
    assert words.say(f"state.web.{due}") != words.say("state.web.normal")


def test_g8_on_its_day(env, clock, on_the_phone):
    zone = ZoneInfo("Asia/Taipei")
    fortnight = replace(env.firm, certificate=replace(env.firm.certificate, validity_days=14))
    on_the_phone.env = env = replace(env, firm=fortnight)
    clock.set(datetime(2027, 1, 19, 11, 51, 9, tzinfo=zone))
    on_the_phone.visitor = replace(on_the_phone.visitor, proved_at=clock.now())
    on_the_phone.apply()
    row = queries.host_row(env, on_the_phone.visitor)
    assert row.state is HostState.NEEDS_RENEWAL
    assert (row.not_before.astimezone(zone), row.not_after.astimezone(zone)) == (
        datetime(2027, 1, 19, 11, 51, 9, tzinfo=zone),
        datetime(2027, 2, 2, 23, 59, 59, tzinfo=zone),
    )


def test_a_share_that_waits_for_a_pin_leaves_on_no_other_way(env, on_the_phone):
    share = shares.make(env, on_the_phone.visitor, token="01TOKEN")
    assert refusal(shares.release, env, on_the_phone.visitor, share.id) is Refusal.SHARE_GONE
    other = (shares.release, env, on_the_phone.visitor, share.id)
    with pytest.raises(Exception, match="share-gone"):
        other[0](*other[1:], token="01OTHER")
    assert shares.release(env, on_the_phone.visitor, share.id, token="01TOKEN") == share
    assert shares.erase_of_token(env, "01TOKEN") == 1
    assert shares.erase_of_token(env, "") == 0
    assert KeyShare.objects.get().sealed is None

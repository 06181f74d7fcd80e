"""憑證修復: what the host tells a device of the shares it names."""

import json

import pytest

from cinnabar.certificates.models import Certificate
from cinnabar.certificates.states import State
from tests.support.face import Browser
from tests.support.life import Life


@pytest.fixture
def life(env, mings):
    return Life(env, mings)


def look(browser, *shares):
    answer = browser.post("/certificates/repair/look", {"shares": list(shares)})
    assert answer.status_code == 200, answer.content
    return json.loads(answer.content)


def test_of_a_live_certificate_the_octets_come_again(life):
    issued = life.apply()
    row = Certificate.objects.get()
    seen = look(life.browser, row.share_id)
    assert seen["shares"][row.share_id] == {
        "usable": True,
        "state": "live",
        "certificate": issued["certificate"],
        "chain": issued["chain"],
    }
    assert seen["host"]["live"] == issued["serial_full"]


@pytest.mark.parametrize("state", [State.ISSUING, State.SUPERSEDED, State.REVOKED, State.CLOSED])
def test_of_any_other_only_the_state_is_told(env, life, state):
    life.apply()
    row = Certificate.objects.get()
    Certificate.objects.update(state=state, revoked_at=env.clock.now(), reason="cessation")
    fact = look(life.browser, row.share_id)["shares"][row.share_id]
    assert (fact["state"], fact["certificate"]) == (state.value, None)


def test_a_share_without_a_certificate_is_usable_until_it_is_erased(life):
    share = json.loads(life.browser.post("/certificates/shares/").content)["share"]
    assert look(life.browser, share)["shares"][share]["usable"] is True
    assert look(life.browser, share)["shares"][share]["state"] is None
    assert life.browser.post(f"/certificates/shares/{share}/erase").status_code == 200
    assert look(life.browser, share)["shares"][share]["usable"] is False


def test_of_another_device_or_customer_nothing_is_told(env, life, mei):
    """PRV-01: as of a share that never was."""
    life.apply()
    share = Certificate.objects.get().share_id
    nothing = {"usable": False, "state": None, "certificate": None}
    for who in ("A123456789", "B223456782"):
        other = Browser()
        other.sign_in(who)
        seen = look(other, share, "nobodys")["shares"]
        for name in (share, "nobodys"):
            assert {k: v for k, v in seen[name].items() if k != "chain"} == nothing


def test_a_hundred_shares_may_be_named_and_no_more(mings):
    names = [f"{n:026d}" for n in range(101)]
    assert len(look(mings, *names[:100])["shares"]) == 100
    answer = mings.post("/certificates/repair/look", {"shares": names})
    assert answer.status_code == 413


@pytest.mark.parametrize("sent", ["x", {"a": 1}, [1], [["x"]], [""], ["x" * 27], [None]])
def test_what_is_no_list_of_names_is_refused(mings, sent):
    answer = mings.post("/certificates/repair/look", {"shares": sent})
    assert answer.status_code in {400, 413}

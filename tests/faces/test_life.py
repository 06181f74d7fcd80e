"""The life of a certificate at the pages and their JSON calls, in both languages."""

import base64
import json
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from cryptography import x509

from cinnabar.certificates.models import Certificate
from tests.pki.test_cms import Made
from tests.support.device import Device
from tests.support.face import Browser
from tests.support.life import Life, b64

LANGUAGES = ("zh-Hant-TW", "en")
NEAR_THE_END = datetime(2027, 11, 10, 9, tzinfo=ZoneInfo("Asia/Taipei"))


@pytest.fixture
def life(env, mings):
    return Life(env, mings)


def refusal(answer):
    """Return name and status of a refusal that is whole: RFC 9457, and words for a person."""
    assert answer["Content-Type"].startswith("application/problem+json")
    assert answer["Cache-Control"] == "no-store"
    said = json.loads(answer.content)
    assert said["status"] == answer.status_code
    assert all(said[part] for part in ("title", "detail", "next", "instance"))
    return said["type"].rpartition("/")[2], answer.status_code


def test_apply_sign_renew_revoke(env, clock, life):
    issued = life.apply()
    der = base64.b64decode(issued["certificate"])
    certificate = x509.load_der_x509_certificate(der)
    assert certificate.public_key() == life.device.key.public_key()
    assert issued["serial_full"].endswith(issued["serial"].lower())
    certificate.verify_directly_issued_by(
        x509.load_der_x509_certificate(base64.b64decode(issued["chain"][0]))
    )
    host = json.loads(life.browser.get("/certificates/host.json").content)
    assert host["live"] == issued["serial_full"]
    signature = Made(key=life.device.key, at=clock.now().replace(microsecond=0)).sign(
        der, "買進 1000 股".encode()
    )
    order = {"order": "買進 1000 股", "signature": b64(signature)}
    seen = life.say("/certificates/try-sign/verify", order)
    assert (seen["valid"], seen["signer"], seen["findings"]) == (True, "王小明", [])
    clock.set(NEAR_THE_END)
    life.browser.sign_in("A123456789")
    renewed = life.renew()
    assert renewed["serial_full"] != issued["serial_full"]
    assert life.revoke() == {"revoked": True, "serial": renewed["serial"]}
    states = Certificate.objects.order_by("id").values_list("state", flat=True)
    assert list(states) == ["superseded", "revoked"]


def test_a_loss_is_reported_without_a_code_and_bars_the_next(life):
    life.apply()
    life.revoke(reason="lost")
    answer = life.browser.post("/certificates/flows/", {"kind": "apply"})
    assert refusal(answer) == ("reapply-blocked", 403)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("has", [False, True], ids=["without one", "with one"])
def test_each_page_is_there_in_each_language(life, language, has):
    issued = life.apply() if has else {"serial": "no serial"}
    life.browser.form("/language/", {"language": language, "next": "/"})
    for path in ("", "host.json", "apply/", "revoke/", "try-sign/"):
        answer = life.browser.get(f"/certificates/{path}")
        assert answer.status_code == 200
        text = answer.content.decode()
        if path.endswith("json"):
            continue
        assert f'<html lang="{language}"' in text
        assert "A123456789" not in text
        assert "A12345****" in text
        assert "0958123474" not in text
    table = life.browser.get("/certificates/").content.decode()
    assert (issued["serial"] in table) is has


@pytest.mark.parametrize("language", LANGUAGES)
def test_refusals_are_said_in_the_visitors_language(life, language):
    life.browser.form("/language/", {"language": language, "next": "/"})
    answer = life.browser.post("/certificates/flows/", {"kind": "renew"})
    assert refusal(answer) == ("no-certificate", 409)
    title = json.loads(answer.content)["title"]
    assert title.isascii() is (language == "en")


def test_the_code_is_refused_step_by_step(env, life):
    flow = life.open("apply")
    post = life.browser.post
    assert refusal(post(f"{flow}/code")) == ("flow-out-of-order", 409)
    life.present(flow)
    assert refusal(post(f"{flow}/finish", {"confirm": True})) == ("flow-out-of-order", 409)
    right = life.code()
    sent = life.say(f"{flow}/code")
    assert sent["sms"] == "0958****74"
    assert (sent["resend_after"], sent["expires_in"], sent["length"]) == (60, 300, len(right))
    again = post(f"{flow}/code")
    assert refusal(again) == ("code-too-soon", 429)
    assert again["Retry-After"] == "60"
    wrong = right[:-1] + "0"
    for left in (2, 1):
        answer = post(f"{flow}/code/try", {"code": wrong})
        assert refusal(answer) == ("code-wrong", 409)
        assert json.loads(answer.content)["tries_left"] == left
    assert refusal(post(f"{flow}/code/try", {"code": wrong})) == ("code-closed", 409)
    assert refusal(post(f"{flow}/code/try", {"code": right})) == ("code-closed", 409)
    assert refusal(post(f"{flow}/code/try", {"code": "x"})) == ("input-malformed", 400)
    env.clock.move(seconds=60)
    life.prove_code(flow)
    assert refusal(post(f"{flow}/finish", {"confirm": True})) == ("consent-missing", 409)
    life.finish(flow, consent=True)


def test_nobody_acts_in_a_flow_or_with_a_share_of_somebody_else(env, life, mei):
    flow = life.open("apply")
    share = life.say("/certificates/shares/")["share"]
    hers = Browser()
    hers.sign_in("B223456782")
    csr = {"csr": b64(Device().request()), "share": share}
    for step, body in (("request", csr), ("code", {}), ("finish", {"confirm": True})):
        assert refusal(hers.post(f"{flow}/{step}", body)) == ("flow-closed", 409)
    assert refusal(hers.post(f"/certificates/shares/{share}/release")) == ("share-gone", 410)
    hers.post(f"{flow}/abandon")
    hers.post(f"/certificates/shares/{share}/erase")
    assert life.say(f"/certificates/shares/{share}/release")["share"] == share
    life.present(flow)


def test_without_contacts_there_is_no_code(env, lin):
    browser = Browser()
    browser.sign_in("C123456781")
    life = Life(env, browser)
    flow = life.open("apply")
    life.present(flow)
    assert refusal(browser.post(f"{flow}/code")) == ("no-contact", 409)

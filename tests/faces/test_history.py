"""Own certificates at the pages: in each language, his own alone, paged, and a receipt to keep."""

import json
import re

import pytest

from cinnabar.certificates.models import Certificate
from cinnabar.faces.web import dates
from cinnabar.journal.models import Entry
from cinnabar.journal.receipts import check
from cinnabar.words import Words
from tests.faces.test_life import LANGUAGES, NEAR_THE_END
from tests.support.face import Browser
from tests.support.life import Life

HISTORY = "/certificates/history/"


@pytest.fixture
def life(env, mings, worker):
    return Life(env, mings)


def speak(life, language):
    life.browser.form("/language/", {"language": language, "next": "/"})
    return Words(life.env.firm, language).say


def text_of(answer):
    assert answer.status_code == 200
    return re.sub(r'<span class="keep">(.*?)</span>', r"\1", answer.content.decode())


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_tells_every_certificate_and_how_it_ended(env, clock, life, language):
    first = life.apply()
    clock.set(NEAR_THE_END)
    life.browser.sign_in("A123456789")
    second = life.renew()
    life.revoke()
    say = speak(life, language)
    text = text_of(life.browser.get(HISTORY))
    assert text.index(second["serial"]) < text.index(first["serial"])
    for key in ("ending.revoked", "ending.superseded", "standing.waiting"):
        assert say(f"history.{key}") in text
    assert say("state.host.revoked") in text
    assert say("history.asked.renew", who=say("history.who.web")) in text
    assert dates.instant(env, NEAR_THE_END) in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_certificates_own_page_tells_its_events_and_proof(life, worker, language):
    issued = life.apply()
    page = f"{HISTORY}{issued['serial_full']}/"
    say = speak(life, language)
    before = text_of(life.browser.get(page))
    assert say("history.proof-waiting") in before
    assert "receipt" not in before
    size = worker.sign()
    after = text_of(life.browser.get(page))
    at = dates.instant(life.env, life.env.clock.now())
    assert say("history.proof-included", at=at, size=str(size)) in after
    for event in ("asked", "issued"):
        assert say(f"history.event.{event}") in after
    assert issued["serial_full"].upper() in after
    assert say("history.not-you-act") in after
    assert f'href="{page}receipt"' in after


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_proof_that_fails_is_said_with_the_hotline(env, life, worker, language):
    issued = life.apply()
    worker.sign()
    Entry.objects.filter(event="certificate:issued").delete()
    say = speak(life, language)
    for path in (HISTORY, f"{HISTORY}{issued['serial_full']}/"):
        text = text_of(life.browser.get(path))
        assert say("history.alarm") in text
        assert say("history.standing.missing") in text
        assert env.firm.identity.hotline in text[text.index('role="alert"') :]


def test_the_receipt_is_a_file_to_keep(life, worker):
    issued = life.apply()
    worker.sign()
    answer = life.browser.get(f"{HISTORY}{issued['serial_full']}/receipt")
    assert answer.status_code == 200
    name = f"receipt-{issued['serial']}.json"
    assert answer["Content-Disposition"] == f'attachment; filename="{name}"'
    assert answer["Cache-Control"] == "no-store"
    assert [e.event for e in check(answer.content, worker.keys()).entries] == [
        "certificate:intended",
        "certificate:issued",
    ]


def test_a_receipt_that_is_asked_for_too_early_is_refused_in_words(life):
    issued = life.apply()
    answer = life.browser.get(
        f"{HISTORY}{issued['serial_full']}/receipt", Accept="application/json"
    )
    assert answer.status_code == 409
    assert json.loads(answer.content)["type"].endswith("/receipt-not-ready")


def test_nobody_sees_anything_of_somebody_else(env, life, mei, worker):
    issued = life.apply()
    worker.sign()
    hers = Browser()
    hers.sign_in("B223456782")
    assert issued["serial"] not in text_of(hers.get(HISTORY))
    for path in ("", "receipt"):
        answer = hers.get(f"{HISTORY}{issued['serial_full']}/{path}")
        assert answer.status_code == 404
        assert issued["serial"] not in answer.content.decode()


@pytest.mark.parametrize("query", ["page=0", "page=-1", "page=x", "page=12345", "page=٣", "page="])
def test_a_page_with_another_kind_of_number_is_refused(mings, query):
    answer = mings.get(f"{HISTORY}?{query}", Accept="application/json")
    assert answer.status_code == 400
    assert json.loads(answer.content)["type"].endswith("/input-malformed")


def test_a_page_beyond_the_last_is_not_there(mings):
    assert mings.get(f"{HISTORY}?page=1").status_code == 200
    assert mings.get(f"{HISTORY}?page=2").status_code == 404


@pytest.mark.parametrize("since", ["0", "x", "9" * 19])
def test_a_receipt_since_no_size_is_refused(life, worker, since):
    issued = life.apply()
    worker.sign()
    path = f"{HISTORY}{issued['serial_full']}/receipt?since={since}"
    assert life.browser.get(path, Accept="application/json").status_code == 400


def test_many_certificates_come_in_pages(env, life, worker):
    life.apply()
    first = Certificate.objects.get()
    for number in range(12):
        Certificate.objects.create(
            customer_id=first.customer_id,
            channel="mobile",
            serial=f"{number:032x}",
            key_id=f"key {number}",
            act="apply",
            state="closed",
            tbs=b"",
            not_before=first.not_before,
            not_after=first.not_after,
            flow=f"flow {number}",
            intended_at=first.intended_at,
            changed_at=first.changed_at,
            revoked_at=first.changed_at,
        )
    one, two = (text_of(life.browser.get(f"{HISTORY}?page={n}")) for n in (1, 2))
    assert 'href="?page=2" rel="next"' in one
    assert 'rel="prev"' not in one
    assert 'href="?page=1" rel="prev"' in two
    assert first.serial in two
    assert first.serial not in one

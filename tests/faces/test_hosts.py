"""What a visitor says of our own name is believed nowhere (incident 11, law 10)."""

import base64
import json

import pytest

from cinnabar.certificates.models import Certificate
from cinnabar.messages.deliver import tick
from tests.messages.support import Shelf
from tests.support.face import ADDRESSES, filled
from tests.support.life import Life

EVIL = "evil.example"
FORGED = {
    "Host": EVIL,
    "X-Forwarded-Host": EVIL,
    "X-Forwarded-Server": EVIL,
    "X-Host": EVIL,
    "X-Original-URL": f"https://{EVIL}/",
    "Forwarded": f"host={EVIL};proto=https;for={EVIL}",
    "X-Forwarded-Proto": EVIL,
    "Referer": f"https://{EVIL}/",
}


@pytest.mark.parametrize("name", FORGED)
def test_no_answer_repeats_a_forged_name(mings, name):
    for route in ADDRESSES:
        for kind in ("text/html", "application/json"):
            answer = mings.get(filled(route), **{name: FORGED[name], "Accept": kind})
            assert EVIL not in answer.content.decode()
            assert EVIL not in str(answer.headers), (route, name)
    mings.client.cookies.clear()
    answer = mings.get("/certificates/host.json", **{name: FORGED[name]})
    assert json.loads(answer.content)["type"].startswith("http://127.0.0.1:8000/refusals/")


def test_neither_mail_nor_certificate_carries_a_forged_name(env, mings):
    mings.headers = {name: value for name, value in FORGED.items() if name != "Referer"}
    issued = Life(env, mings).apply()
    shelf = Shelf()
    tick(env, {"sms": shelf, "email": shelf})
    assert len(shelf.taken) >= 2
    assert EVIL not in repr(shelf.taken)
    der = base64.b64decode(issued["certificate"])
    assert EVIL.encode() not in der
    assert b"http://127.0.0.1:8000/" in der
    assert bytes(Certificate.objects.get().der or b"") == der

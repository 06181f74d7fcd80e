"""Secrets planted at the pages, refusals and a crash among them, are found nowhere afterwards."""

import base64
import logging
import re
from dataclasses import replace
from pathlib import Path

import pytest
import structlog
from django.db import connection
from django.test import Client

from cinnabar.config.compose import World
from cinnabar.faces.web.request import WebOptions
from cinnabar.messages.deliver import tick
from tests.messages.support import Shelf
from tests.support.authority import AwaySigner
from tests.support.face import Browser
from tests.support.life import Life
from tests.support.people import PASSWORD

WRONG = "correct-horse-battery-staple"
PERSONAL = ("A123456789", "王小明", "0958123474", "fredric@example.com")
PLANTED = "planted-in-an-error"


class CrashingSigner(AwaySigner):
    """Breaks in a way nobody thought of, with a secret in the words of the error."""

    def sign_certificate(self, tbs: bytes) -> bytes:
        raise RuntimeError(PLANTED + tbs.hex())


@pytest.fixture
def pages(env, ming, monkeypatch):
    """The pages of a real installation, whose signer breaks at first."""
    broken = World(env=replace(env, signer=CrashingSigner(env.signer)), web=WebOptions())
    monkeypatch.setattr("cinnabar.config.middleware.world", lambda: broken)
    return lambda: monkeypatch.setattr(
        "cinnabar.config.middleware.world", lambda: World(env=env, web=WebOptions())
    )


class ListeningClient(Client):
    """A client that keeps every answer."""

    def __init__(self) -> None:
        super().__init__(enforce_csrf_checks=True)
        self.answers: list[str] = []

    def request(self, **environ):
        answer = super().request(**environ)
        self.answers.append(f"{answer.headers}\n{answer.content.decode()}")
        return answer


def live(env, mend, browser: Browser) -> tuple[list[str], list[str]]:
    """Wrong password, unknown number, wrong code, a crash, then all is well; name the secrets."""
    browser.sign_in("A123456789", WRONG)
    browser.sign_in("C123456781", WRONG)
    browser.sign_in("A123456789")
    life = Life(env, browser)
    share = life.say("/certificates/shares/")
    secret = base64.b64decode(share["secret"])
    flow = life.open("apply")
    life.present(flow)
    length = env.firm.code.length
    right, wrong = life.code("75523981"[:length]), "87741260"[:length]
    life.say(f"{flow}/code")
    browser.post(f"{flow}/code/try", {"code": wrong})
    life.say(f"{flow}/code/try", {"code": right})
    consent = {"confirm": True, "consent_version": env.firm.consent.version}
    assert browser.post(f"{flow}/finish", consent).status_code == 500
    mend()
    life.finish(flow, consent=True)
    tick(env, {"sms": Shelf(), "email": Shelf()})
    shares = [secret.hex(), share["secret"], repr(secret)]
    return [right, wrong], shares


def stored() -> str:
    """Return all there is in the database; of SQLite the very octets of its files too."""
    found: list[object] = []
    for table in connection.introspection.table_names():
        with connection.cursor() as cursor:
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - our own tables
            found += [value for row in cursor for value in row]
    if connection.vendor == "sqlite":
        for file in Path(connection.settings_dict["NAME"]).parent.glob("*.sqlite3*"):
            found.append(file.read_bytes())
    octets = [bytes(v) if isinstance(v, bytes | memoryview) else str(v).encode() for v in found]
    return b"\n".join(octets).decode("utf-8", "replace") + b"".join(octets).hex()


@pytest.mark.django_db(transaction=True)
def test_nothing_planted_at_the_pages_stays_anywhere(env, ming, pages, caplog, capfd):
    caplog.set_level(logging.INFO)  # as in every installation (config/logs.py)
    client = ListeningClient()
    with structlog.testing.capture_logs() as events:
        codes, shares = live(env, pages, Browser(client=client))
    session, device = (client.cookies[f"__Host-{name}"].value for name in ("session", "device"))
    logged = "\n".join([*capfd.readouterr(), caplog.text, repr(events)])
    kept, answered = stored(), "\n".join(client.answers)
    assert "RuntimeError" in logged, "the crash is noted"
    assert ming.subject in kept, "what may be kept is found"
    never = [PASSWORD.reveal(), WRONG, PLANTED, session, device, *shares, *PERSONAL]
    assert [secret for secret in never if secret in logged] == []
    assert [secret for secret in never if secret in kept] == []
    assert [secret for secret in never if secret.encode().hex() in kept] == []
    for code in codes:
        alone = re.compile(rf"(?<![\w.:+]){code}(?![\w:])")
        assert [alone.findall(text) for text in (logged, kept, answered)] == [[], [], []]
    shown = [PASSWORD.reveal(), WRONG, PLANTED, "0958123474", "fredric@example.com"]
    assert [secret for secret in shown if secret in answered] == []

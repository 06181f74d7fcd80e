"""What stays of an answer in the app can be checked by anybody, years later, without the host."""

import base64
import json
from hashlib import sha256

import pytest
from click.testing import CliRunner

from cinnabar.cli.tokens import command
from cinnabar.journal.events import Event
from cinnabar.login.soft import approvals
from cinnabar.tokens.models import Approval
from cinnabar.tokens.soft import evidence, proving, questions
from cinnabar.tokens.soft.evidence import EvidenceError
from tests.support.approvals import Page, asking_tokens, phone_of
from tests.support.biometrics import Phone, with_biometrics
from tests.support.passkeys import recorded
from tests.support.people import visit


@pytest.fixture
def env(env):
    return asking_tokens(with_biometrics(env))


@pytest.fixture
def run(env, monkeypatch):
    monkeypatch.setattr("cinnabar.cli.tokens.world", lambda: env)
    return lambda *words: CliRunner().invoke(command, [str(word) for word in words])


@pytest.fixture
def phone(env, ming):
    return phone_of(env, ming)


@pytest.fixture
def page(env, ming, phone):
    return Page(env, ming.identifier).type().ask_app()


def kept() -> bytes:
    found = evidence.find(Approval.objects.get().id)
    assert found is not None
    return found


def test_an_approval_shows_what_the_customer_saw_and_typed(page, phone):
    seen, number = phone.seen(), page.number
    phone.approve(number, seen)
    good = evidence.check(kept())
    assert good.seen == {**seen, "number": number}
    assert (good.answer, good.by, good.key) == ("approve", "pin", phone.app.key_id)
    (row,) = recorded(Event.APPROVAL_GIVEN)
    assert row["details"]["statement"] == good.digest, "the journal leads to it"


@pytest.mark.parametrize("answer", ["cancel", "deny"])
def test_a_no_is_shown_by_the_key_alone(page, phone, answer):
    getattr(phone, answer)()
    good = evidence.check(kept())
    assert (good.answer, good.by) == (answer, "")


def test_what_nobody_answered_has_none(env, page, phone):
    assert phone.waiting()
    assert evidence.find(Approval.objects.get().id) is None
    assert evidence.find("nobody's") is None
    Approval.objects.update(state=Approval.APPROVED, answered_at=env.clock.now())
    assert evidence.find(Approval.objects.get().id) is None, "of the time before it was kept"


def test_biometrics_are_shown_as_well(env, ming):
    phone = Phone(env, visit(env, ming)).bind()
    phone.switch_on()
    page = Page(env, ming.identifier).type().ask_app()
    bearer = proving.bearer(phone.visitor.session)
    (asked,) = questions.waiting(env, ming.id)
    data = {**questions.shown(env, asked), "number": page.number}
    signed = phone.sign("approve", data)
    opened = approvals.opened(phone.show(signed, "approve", data))
    approvals.approve(env, bearer, signed, (asked.id, page.number), opened)
    good = evidence.check(kept())
    assert good.by == "biometrics"
    (on,) = recorded(Event.BIOMETRICS_ON)
    assert on["details"]["public_key"] == good.passkey
    told = json.loads(kept())
    for name in ("authenticator_data", "client_data", "signature"):
        octets = bytearray(base64.b64decode(told["assertion"][name]))
        octets[-1] ^= 1
        broken = {**told["assertion"], name: base64.b64encode(octets).decode()}
        assert "biometrics" in bad(told, assertion=broken)
    assert "opened" in bad(told, assertion=None)


def bad(told, **lies) -> str:
    with pytest.raises(EvidenceError) as found:
        evidence.check(json.dumps({**told, **lies}).encode())
    return str(found.value)


def test_whatever_was_changed_is_found_out(env, ming, mei, page, phone):
    phone.approve(page.number)
    told = json.loads(kept())
    lie = told["seen"].replace("sign-in", "step-up")
    assert lie != told["seen"]
    assert "seen" in bad(told, seen=lie)
    honest = f"data: {sha256(told['seen'].encode()).hexdigest()}"
    forged = f"data: {sha256(lie.encode()).hexdigest()}"
    assert "signature" in bad(told, seen=lie, statement=told["statement"].replace(honest, forged))
    other = base64.b64encode(phone_of(env, mei, device="e" * 64).app.public_key).decode()
    assert "signature" in bad(told, public_key=other)
    assert "approval" in bad(told, approval="0" * 26)
    assert "statement" in bad(told, statement="yes\n")
    assert "cannot be read" in bad(told, signature="*")
    assert "missing" in bad(told, signature=None)
    assert "kind" in bad(told, format="cinnabar receipt v1")
    with pytest.raises(EvidenceError):
        evidence.check(b"\xff\xfe not text")


def test_an_operator_finds_it_and_an_auditor_checks_it(env, page, phone, run, tmp_path):
    phone.approve(page.number)
    name = Approval.objects.get().id
    assert run("approvals", page.identifier).output.startswith(f"{name}  sign-in  approved  asked ")
    file = tmp_path / "evidence.json"
    file.write_bytes(run("evidence", name).output.encode())
    found = run("check", file)
    assert found.exit_code == 0
    assert f"site: {env.base_url}\n" in found.output
    assert f"key {phone.app.key_id} signed approve, opened with pin." in found.output
    file.write_text(file.read_text().replace("sign-in", "step-up"))
    found = run("check", file)
    assert (found.exit_code, "NOT good" in found.output) == (1, True)
    assert run("evidence", "nobody's").exit_code == 2

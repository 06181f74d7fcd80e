"""Web, worker and signer are killed with SIGKILL in the middle of a thousand applications.

The customers come over HTTP with keys of their own. One in fifty proves his code as it lies in
the tray; for the others the proof is put into the database, because codes are tested elsewhere
and their delivery would only make this longer. Sign-ins are made in the database too.
"""

import base64
import http.client
import itertools
import json
import random
import re
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from django.db import connection, transaction
from django.db.models import Count

from cinnabar.certificates.models import Certificate
from cinnabar.certificates.states import State
from cinnabar.customers.models import Customer
from cinnabar.customers.queries import CustomerView, view
from cinnabar.env import Env
from cinnabar.flows.actions.steps import prove
from cinnabar.flows.assurance import PASSWORD as PASSWORD_FACTOR
from cinnabar.flows.kinds import ProofKind
from cinnabar.flows.models import Flow
from cinnabar.journal.events import Event
from cinnabar.journal.models import Entry
from cinnabar.kernel.identifiers import is_national_id
from cinnabar.login.opening import Entrant, SignedIn, open_session
from cinnabar.messages.models import Outbox, Tray
from cinnabar.passwords import lock, store
from cinnabar.passwords.actions import set_password
from cinnabar.passwords.kinds import PasswordKind
from cinnabar.signer.ledger import read_ledger
from tests.support.customers import add_customers
from tests.support.device import Device
from tests.support.installation import Installation
from tests.support.people import PASSWORD
from tests.support.place import DATA
from tests.support.processes import eventually

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]

MANY, AT_ONCE, KILLS, WITH_CODE = 1000, 8, 18, 50
TRIES = 400
PATIENCE = 20.0
LEASES_LAPSE = 180.0
"""What a dead worker had in hand is handed over by another after a minute and a half."""
CSRF = "c" * 32


@pytest.fixture
def firm_house(transactional_db):
    house = Installation(DATA)
    yield house
    house.stop()


@dataclass
class Applicant:
    """A customer at his browser, who presses again when nothing comes back."""

    env: Env
    house: Installation
    who: CustomerView
    tokens: SignedIn
    phone: str | None
    device: Device = field(default_factory=Device)

    def apply(self) -> str | None:
        """Go through an application; return the serial he was given, None if he gave up."""
        for _ in range(KILLS):
            try:
                return self._apply_once()
            except (OSError, http.client.HTTPException):
                eventually(self.house.is_well)  # a dead web server: try again when it is back
        return None

    def _apply_once(self) -> str | None:
        status, opened = self._post("/certificates/flows/", {"kind": "apply"})
        if status != 200:
            return self._look()
        flow = opened["flow"]
        _, share = self._post("/certificates/shares/", {})
        csr = base64.b64encode(self.device.request()).decode()
        body = {"csr": csr, "share": share.get("share", "")}
        self._post(f"/certificates/flows/{flow}/request", body)
        self._prove(flow)
        version = self.env.firm.consent.version
        for _ in range(TRIES):
            body = {"consent_version": version, "confirm": True}
            status, answer = self._post(f"/certificates/flows/{flow}/finish", body)
            if status != 503:  # 503: the signer is away and nothing is lost
                break
        return answer["serial_full"] if status == 200 else self._look()

    def _look(self) -> str | None:
        """What does the host say he has?"""
        status, host = self._call("GET", "/certificates/host.json", None)
        return host["live"] if status == 200 else None

    def _prove(self, flow: str) -> None:
        if self.phone is None:
            with transaction.atomic():
                target = Flow.objects.get(pk=flow).target
                prove(self.env, flow, ProofKind.CODE, target=target)
            return
        status, _ = self._post(f"/certificates/flows/{flow}/code", {})
        if status == 200:
            self._post(f"/certificates/flows/{flow}/code/try", {"code": self._read_code()})

    def _read_code(self) -> str:
        letters = Tray.objects.filter(to=self.phone, text__contains="認證碼").order_by("-id")
        try:
            letter = eventually(letters.first, longest=PATIENCE)
        except AssertionError:
            return ""  # the worker died with it in hand; he goes away
        assert letter is not None
        found = re.search(rf"(?<!\d)\d{{{self.env.firm.code.length}}}(?!\d)", letter.text)
        assert found
        return found.group()

    def _post(self, path, body):
        return self._call("POST", path, json.dumps(body))

    def _call(self, method, path, body):
        link = http.client.HTTPConnection("127.0.0.1", self.house.port, timeout=20)
        cookies = {
            "__Host-session": self.tokens.session.reveal(),
            "__Host-device": self.tokens.device.reveal(),
            "__Host-csrf": CSRF,
        }
        headers = {
            "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()),
            "X-CSRFToken": CSRF,
            "Content-Type": "application/json",
        }
        try:
            link.request(method, path, body, headers)
            answer = link.getresponse()
            return answer.status, json.loads(answer.read())
        finally:
            link.close()


def test_nothing_is_lost_doubled_or_half_done(firm_house):
    env = firm_house.prepare()
    for name in ("signer", "worker", "web"):
        firm_house.start(name)
    firm_house.wait_until_well()
    applicants = crowd(env, firm_house)
    given = besiege(firm_house, applicants)

    assert firm_house.call("ca", "resume").returncode == 0
    open_ = Outbox.objects.filter(state__in=["waiting", "sending"])
    eventually(lambda: not open_.exists(), longest=LEASES_LAPSE)
    eventually(lambda: not Entry.objects.filter(leaf_index=None).exists())
    verified = firm_house.call("journal", "verify")
    assert verified.returncode == 0, verified.stdout

    nothing_acknowledged_is_lost(given)
    nothing_is_doubled_or_half_done()
    the_signers_own_record_agrees()
    relying_parties_agree(firm_house, given)


def crowd(env, house):
    """A thousand customers, signed in."""
    numbers = (f"A1{n:07d}{check}" for n in itertools.count() for check in range(10))
    ids = list(itertools.islice(filter(is_national_id, numbers), MANY))
    rows = [
        {
            "identifier": one,
            "name": "王小明",
            "mobile": phone(place),
            "email": f"m{place}@example.com",
        }
        for place, one in enumerate(ids)
    ]
    add_customers(env, rows)
    found = []
    for place, customer in enumerate(Customer.objects.order_by("id")):
        who = view(env, customer.id)
        tokens = open_session(env, let_in(env, who), None)
        assert tokens is not None
        tenth = place % WITH_CODE == 0
        found.append(Applicant(env, house, who, tokens, phone(place) if tenth else None))
    return found


def let_in(env, who):
    """What the sign-in hands on once a password was right; nobody has typed one here."""
    index = lock.name(env, env.firm.login.identifier(who.identifier))
    lock.reserve(env, index, lock.caps(env.firm))
    set_password(env, who.id, PASSWORD)
    return Entrant(
        customer=who,
        index=index,
        password=store.rows(who.id, PasswordKind.LOGIN)[0].id,
        address="127.0.0.1",
        amr=frozenset({PASSWORD_FACTOR}),
    )


def phone(place):
    return f"09{place:08d}"


def besiege(house, applicants):
    """Let all apply while the processes are killed in turn; return who was given what."""
    dice = random.Random(18)  # noqa: S311 - repeatable
    gate = threading.Lock()
    given: dict[int, str] = {}
    done = 0

    def run(applicant):
        nonlocal done
        try:
            serial = applicant.apply()
        finally:
            connection.close()
        with gate:
            done += 1
            if serial:
                given[applicant.who.id] = serial
            if done % (MANY // KILLS) == 0:
                # The worker dies early: what it had in hand is free again a minute and a half on.
                early = ["worker"] if done < MANY // 3 else []
                victim = dice.choice(["web", "signer", *early])
                house.kill(victim)
                house.start(victim)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(run, applicants))
    house.wait_until_well()
    return given


def nothing_acknowledged_is_lost(given):
    live = dict(Certificate.objects.filter(state=State.LIVE).values_list("customer_id", "serial"))
    assert {who: serial for who, serial in given.items() if live.get(who) != serial} == {}
    assert len(given) > MANY * 0.95, "nearly everybody got through in the end"


def nothing_is_doubled_or_half_done():
    assert not Certificate.objects.filter(state=State.ISSUING).exists()
    issued = Certificate.objects.exclude(state=State.CLOSED)
    twice = issued.values("customer_id").annotate(n=Count("id")).filter(n__gt=1)
    assert list(twice) == []
    assert Flow.objects.filter(state="acting").count() == 0
    events = dict(Entry.objects.values_list("event").annotate(n=Count("id")))
    assert events[Event.CERTIFICATE_INTENDED] == Certificate.objects.count()
    assert events[Event.CERTIFICATE_ISSUED] == issued.count()
    notices = Outbox.objects.filter(kind="certificate-changed")
    assert notices.count() == issued.count()
    assert set(notices.values_list("state", flat=True)) == {"delivered"}
    letters = Tray.objects.filter(message_id__in=notices.values("id"))
    assert letters.count() == issued.count()


def the_signers_own_record_agrees():
    entries = read_ledger(DATA / "signer" / "ledger.log")
    signed = {entry.number for entry in entries if entry.kind == "certificate"}
    own = {
        x509.load_pem_x509_certificate((DATA / "ca" / f"{name}.crt").read_bytes()).serial_number
        for name in ("ocsp", "mail")
    }
    known = {int(serial, 16) for serial in Certificate.objects.values_list("serial", flat=True)}
    assert signed - own <= known
    assert len(signed) > MANY * 0.95


def relying_parties_agree(house, given):
    issuer = x509.load_pem_x509_certificate((DATA / "ca" / "issuing.crt").read_bytes())
    for serial in sorted(given.values())[::50]:
        der = bytes(Certificate.objects.get(serial=serial).der or b"")
        builder = ocsp.OCSPRequestBuilder().add_certificate(
            x509.load_der_x509_certificate(der), issuer, hashes.SHA256()
        )
        link = http.client.HTTPConnection("127.0.0.1", house.port, timeout=20)
        question = builder.build().public_bytes(Encoding.DER)
        link.request("POST", "/ocsp", question, {"Content-Type": "application/ocsp-request"})
        answer = ocsp.load_der_ocsp_response(link.getresponse().read())
        link.close()
        assert answer.certificate_status is ocsp.OCSPCertStatus.GOOD

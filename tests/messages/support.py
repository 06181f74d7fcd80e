"""Messages, a shelf that takes them, and a mail certificate."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from ipaddress import ip_address

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from django.db import connections, transaction

from cinnabar.customers.queries import find
from cinnabar.env import Env
from cinnabar.firm import load_firm, shipped
from cinnabar.firm.shape import placeholders
from cinnabar.kernel.secrets import Digits
from cinnabar.messages.actions import post
from cinnabar.messages.channel import ChannelTroubleError, Receipt, Rendered
from cinnabar.messages.kinds import Kind
from cinnabar.messages.models import Outbox
from cinnabar.messages.smime import MailSigner
from tests.attack.crowds import strangers
from tests.support.customers import add_customer

TAIWANS = [name for name in shipped() if "zh-Hant-TW" in load_firm(name).identity.languages]
"""The shipped firms of whose Chinese the tests know the wording."""

MING, MEI = "0A1B2C3D4E5F6G7H", "7H6G5F4E3D2C1B0A"
PHONE, MAILBOX = "0958123474", "fredric@example.com"


def somebody(env: Env) -> int:
    """Return the customer to whom messages are posted: firms greet by a name that has to be there.

    Where nobody is named there need be nobody.
    """
    if not any(placeholders(text) for text in env.firm.notify.greeting.values()):
        return 1
    identifier = strangers(env, 1)[0]
    found = find(env, env.firm.login.identifier(identifier))
    return (found or add_customer(env, identifier=identifier, name="王小明")).id


def post_code(
    env: Env,
    channel: str = "sms",
    *,
    to: str = "",
    digits: str = "5523",
    key: str = "code:1",
    purpose: str = "apply",
    language: str = "zh-Hant-TW",
) -> str:
    """Post a code that lives five minutes."""
    whose, now = somebody(env), env.clock.now()
    with transaction.atomic():
        return post(
            env,
            kind=Kind.CODE,
            customer_id=whose,
            subject=MING,
            channel=channel,
            to=to or (PHONE if channel == "sms" else MAILBOX),
            language=language,
            facts={"code": Digits(digits), "purpose": purpose, "asked_at": now.isoformat()},
            key=f"{key}:{channel}",
            expires_at=now + timedelta(seconds=300),
        )


def post_change(
    env: Env,
    channel: str = "email",
    *,
    to: str = "",
    event: str = "apply",
    key: str = "change:1",
    language: str = "zh-Hant-TW",
    serial: str = "1A2B3C4D",
) -> str:
    """Post the notice of a change, which never expires."""
    whose = somebody(env)
    with transaction.atomic():
        return post(
            env,
            kind=Kind.CERTIFICATE_CHANGED,
            customer_id=whose,
            subject=MING,
            channel=channel,
            to=to or (PHONE if channel == "sms" else MAILBOX),
            language=language,
            facts={"event": event, "at": env.clock.now().isoformat(), "serial": serial},
            key=f"{key}:{channel}",
            expires_at=None,
        )


def row(message_id: str) -> Outbox:
    return Outbox.objects.get(id=message_id)


@dataclass
class Shelf:
    """A channel that puts what it is handed on a shelf, or meets it with the next trouble."""

    taken: list[Rendered] = field(default_factory=list)
    troubles: deque[ChannelTroubleError | None] = field(default_factory=deque)
    before: Callable[[Rendered], object] = lambda _: None
    delivered: bool = False

    def send(self, env: Env, rendered: Rendered) -> Receipt:
        del env
        self.before(rendered)
        trouble = self.troubles.popleft() if self.troubles else None
        if trouble is not None:
            raise trouble
        self.taken.append(rendered)
        return Receipt(provider_ref="shelf", delivered=self.delivered)

    def close(self) -> None:
        pass


def in_a_thread(act: Callable[[], None]) -> Callable[[], None]:
    """Return `act` with the thread's own database connection closed after it."""

    def run() -> None:
        try:
            act()
        finally:
            connections.close_all()

    return run


_PURPOSES = {
    "mail": ExtendedKeyUsageOID.EMAIL_PROTECTION,
    "server": ExtendedKeyUsageOID.SERVER_AUTH,
}
_FROM, _TO = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


@cache
def mail_signer(*, kind: str = "ec", purpose: str = "mail") -> MailSigner:
    """Return a signer below an issuing CA below `root()`."""
    key: Key = (
        rsa.generate_private_key(65537, 2048)
        if kind == "rsa"
        else ec.generate_private_key(ec.SECP256R1())
    )
    _, _, issuing_key, issuing = _authority()
    certificate = _certificate(
        "Cinnabar Mail",
        key,
        issuing_key,
        issuing.subject,
        ca=False,
        more=[
            x509.SubjectAlternativeName([x509.RFC822Name("notice@example.com")]),
            x509.ExtendedKeyUsage([_PURPOSES[purpose]]),
        ],
    )
    return MailSigner(key=key, certificate=certificate, chain=(issuing,))


@cache
def tls_files(host: str = "") -> tuple[Key, tuple[x509.Certificate, ...], x509.Certificate]:
    """Return key, chain and root of a server called `host`, or of one at 127.0.0.1."""
    key = ec.generate_private_key(ec.SECP256R1())
    _, top, issuing_key, issuing = _authority()
    called = x509.DNSName(host) if host else x509.IPAddress(ip_address("127.0.0.1"))
    name = x509.SubjectAlternativeName([called])
    purpose = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])
    own = _certificate("relay", key, issuing_key, issuing.subject, ca=False, more=[name, purpose])
    return key, (own, issuing), top


def root() -> x509.Certificate:
    return _authority()[1]


@cache
def _authority() -> tuple[Key, x509.Certificate, Key, x509.Certificate]:
    root_key = ec.generate_private_key(ec.SECP256R1())
    issuing_key = ec.generate_private_key(ec.SECP256R1())
    top = _certificate("Test Root", root_key, root_key, None, ca=True)
    issuing = _certificate("Test Issuing CA", issuing_key, root_key, top.subject, ca=True)
    return root_key, top, issuing_key, issuing


def _certificate(
    name: str,
    key: Key,
    by: Key,
    issuer: x509.Name | None,
    *,
    ca: bool,
    more: list[x509.ExtensionType] | None = None,
) -> x509.Certificate:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    usage = x509.KeyUsage(
        digital_signature=not ca,
        key_cert_sign=ca,
        crl_sign=ca,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
    builder = (
        x509.CertificateBuilder(subject_name=subject, issuer_name=issuer or subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(_FROM)
        .not_valid_after(_TO)
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(by.public_key()), critical=False
        )
    )
    for extension in more or []:
        builder = builder.add_extension(extension, critical=False)
    return builder.sign(by, hashes.SHA256())

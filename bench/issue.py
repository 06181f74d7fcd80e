"""A durable issue, journal, lint and notice included, against its bare cryptography.

The yardstick parses a request, verifies it, builds a certificate of the same extensions and
signs it, with the `cryptography` package alone. Ours checks the request and carries the flow
out: two durable transactions with proofs, consent, intention, journal and outbox, and the
signer's own ledger. The signer runs in this process, so that its work counts.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from bench.world import Cost, at_device, build, cost, customer, micros, prove_code, ratios
from cinnabar.env import Env
from cinnabar.pki.request import read_request
from tests.support.device import Device

ROUNDS, EACH = 9, 20

Template = tuple[ec.EllipticCurvePrivateKey, x509.Name, list[x509.Extension[x509.ExtensionType]]]
_NOW = datetime(2026, 11, 20, tzinfo=UTC)


def run(rounds: int = ROUNDS, each: int = EACH) -> dict[str, float]:
    """Return the ratio and both costs in microseconds."""
    env = build()
    bare: list[Cost] = []
    ours: list[Cost] = []
    template = _template()
    for turn in range(rounds + 1):
        acts = [act(env, turn * each + number) for number in range(each)]
        requests = [Device().request() for _ in range(each)]
        yardstick = cost([partial(_bare, template, request) for request in requests])
        measured = cost(acts)
        if turn:  # the first round warms up
            bare.append(yardstick)
            ours.append(measured)
    return {
        **ratios("issue_vs_cryptography", bare, ours),
        "cryptography_us": micros(bare, each),
        "issue_us": micros(ours, each),
    }


def act(env: Env, number: int) -> Callable[[], object]:
    """Return the issue of a certificate to the `number`th customer, all but ready."""
    person = at_device(env, customer(env, number))
    flow = person.open()
    person.present(flow)
    prove_code(env, flow)
    request = person.device.request()

    def act() -> None:
        read_request(request)
        person.finish(flow)

    return act


def _template() -> Template:
    key = ec.generate_private_key(ec.SECP256R1())
    issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "yardstick")])
    uri = [x509.UniformResourceIdentifier("http://127.0.0.1/yardstick")]
    usage = x509.KeyUsage(True, True, False, False, False, False, False, False, False)
    policy = x509.PolicyInformation(x509.ObjectIdentifier("1.3.6.1.4.1.32473.1"), None)
    access = x509.AccessDescription(x509.ObjectIdentifier("1.3.6.1.5.5.7.48.1"), uri[0])
    values: list[x509.ExtensionType] = [
        x509.BasicConstraints(ca=False, path_length=None),
        usage,
        x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]),
        x509.CertificatePolicies([policy]),
        x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()),
        x509.AuthorityInformationAccess([access]),
        x509.CRLDistributionPoints([x509.DistributionPoint(uri, None, None, None)]),
    ]
    return key, issuer, [x509.Extension(v.oid, critical=False, value=v) for v in values]


def _bare(template: Template, der: bytes) -> bytes:
    key, issuer, extensions = template
    request = x509.load_der_x509_csr(der)
    assert request.is_signature_valid
    builder = (
        x509.CertificateBuilder()
        .subject_name(issuer)
        .issuer_name(issuer)
        .public_key(request.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(_NOW)
        .not_valid_after(_NOW + timedelta(days=365))
        .add_extension(
            x509.SubjectKeyIdentifier.from_public_key(request.public_key()), critical=False
        )
    )
    for extension in extensions:
        builder = builder.add_extension(extension.value, critical=extension.critical)
    return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)

"""The revocation lists that are published, as a relying party reads them."""

from dataclasses import replace
from datetime import datetime, timedelta

from cryptography import x509

from cinnabar.certificates.models import Certificate
from cinnabar.certificates.publishing import publish
from cinnabar.certificates.status import published, published_list
from cinnabar.env import Env
from cinnabar.firm import Firm
from cinnabar.kernel.clock import FrozenClock
from cinnabar.pki.authority import shard_for

Lists = dict[str, x509.CertificateRevocationList]


def with_shards(firm: Firm, days: int) -> Firm:
    """Return the firm with lists for so many days each; 0: one list for all."""
    return replace(firm, status=replace(firm.status, crl_shard_days=days))


def written(env: Env, customer_id: int, **changes: object) -> int:
    """Write the row of a certificate that was issued now and ended at once; return its serial."""
    now, serial = env.clock.now(), env.dice.serial()
    row = {
        "customer_id": customer_id,
        "channel": "web",
        "serial": f"{serial:032x}",
        "key_id": f"{serial:064x}",
        "act": "apply",
        "state": "revoked",
        "shard": shard_for(now, env.firm.status.crl_shard_days),
        "tbs": b"",
        "der": b"",
        "not_before": now,
        "not_after": now + timedelta(days=365),
        "flow": f"{serial:032x}"[-26:],
        "intended_at": now,
        "changed_at": now,
        "revoked_at": now,
        "reason": "cessation",
        **changes,
    }
    Certificate.objects.create(**row)
    return serial


def lists() -> Lists:
    """Return what is published now, by name."""
    return {name: x509.load_der_x509_crl(published_list(name) or b"") for name in published()}


def full_lists() -> Lists:
    """Return the full ones."""
    return {name: crl for name, crl in lists().items() if not name.endswith("-delta")}


def deltas() -> Lists:
    """Return the deltas."""
    return {name: crl for name, crl in lists().items() if name.endswith("-delta")}


def serials(found: Lists) -> set[int]:
    """Return every serial on these lists."""
    return {entry.serial_number for crl in found.values() for entry in crl}


def number(crl: x509.CertificateRevocationList) -> int:
    """Return the number of a list."""
    return crl.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number


def base(crl: x509.CertificateRevocationList) -> int:
    """Return the number of the full list that a delta adds to."""
    return crl.extensions.get_extension_for_class(x509.DeltaCRLIndicator).value.crl_number


def point(crl: x509.CertificateRevocationList) -> str | None:
    """Return the distribution point a list is of; None if it is of all its issuer's."""
    try:
        found = crl.extensions.get_extension_for_class(x509.IssuingDistributionPoint)
    except x509.ExtensionNotFound:
        return None
    assert found.critical
    names = found.value.full_name
    assert names is not None
    return str(names[0].value)


def work_until(env: Env, clock: FrozenClock, until: datetime | None) -> None:
    """Let the worker publish each cadence until then."""
    assert until is not None
    while clock.now() < until:
        clock.set(min(until, clock.now() + env.firm.status.crl_cadence))
        publish(env)

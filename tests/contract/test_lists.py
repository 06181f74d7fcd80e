"""Full lists and deltas, whole and sharded, as OpenSSL, GnuTLS, NSS and pkilint read them."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from cinnabar.env import Env
from tests.contract.support import Front, Office, look, run
from tests.pki.support import P256, P384
from tests.support.lists import with_shards

pytestmark = pytest.mark.contract

FIRST, SECOND = (1 << 126) + 4711, (1 << 126) + 4712


@dataclass
class Desk:
    """An office with two certificates, a full list without them and a delta to it."""

    office: Office
    first: Path
    second: Path
    full: Path

    def delta(self, *serials: int) -> Path:
        """Revoke these; publish the delta that says so."""
        return self.office.crl(9, [self.office.revoked(s) for s in serials], base=7)

    def verify(self, certificate: Path, *lists: Path, words: tuple[str, ...] = ()) -> str:
        """Let OpenSSL check the chain with these lists; return what it says."""
        given = [word for path in (*lists, self.office.root_crl()) for word in ("-CRLfile", path)]
        _, said = look(
            "openssl", "verify", "-x509_strict", "-crl_check_all", *words,
            "-CAfile", self.office.file("root.crt"),
            "-untrusted", self.office.file("issuing.crt"), *given, certificate,
        )  # fmt: skip
        return said


@pytest.fixture(params=[0, 30], ids=["one list", "sharded"])
def desk(request: pytest.FixtureRequest, env: Env, tmp_path: Path) -> Iterator[Desk]:
    front = Front()
    office = Office(with_shards(env.firm, request.param), tmp_path, front.base_url)
    first = office.certificate("first", P256, FIRST)
    second = office.certificate("second", P384, SECOND)
    full = office.crl(8, [])
    with front.open(office):
        yield Desk(office, first, second, full)


def test_openssl_believes_the_full_list_until_it_is_shown_the_delta(desk):
    use = ("-extended_crl", "-use_deltas")
    assert f"{desk.first}: OK" in desk.verify(desk.first, desk.full)
    delta = desk.delta(FIRST)
    assert f"{desk.first}: OK" in desk.verify(desk.first, desk.full)
    assert "certificate revoked" in desk.verify(desk.first, desk.full, delta, words=use)
    assert f"{desk.second}: OK" in desk.verify(desk.second, desk.full, delta, words=use)


def test_openssl_sees_the_revocation_in_the_next_full_list(desk):
    desk.office.revoked(FIRST)
    newer = desk.office.crl(10, [desk.office.revoked(FIRST)])
    assert "certificate revoked" in desk.verify(desk.first, newer)
    assert f"{desk.second}: OK" in desk.verify(desk.second, newer)


def test_openssl_reads_the_extensions_and_the_signature(desk):
    chain = desk.office.file("chain.pem")
    for path, own in ((desk.full, "Freshest CRL"), (desk.delta(FIRST), "Delta CRL Indicator")):
        said = run("openssl", "crl", "-in", path, "-noout", "-text", "-CAfile", chain)
        assert "verify OK" in said
        assert own in said
        assert ("Issuing Distribution Point: critical" in said) is bool(desk.office.shard)


def test_openssl_takes_no_sharded_list_of_other_certificates(desk):
    """The list of another period says nothing of this certificate (RFC 5280 6.3.3)."""
    if not desk.office.shard:
        return
    other = desk.office.crl(11, [], shard="20200101")
    assert "different CRL scope" in desk.verify(desk.first, other, words=("-extended_crl",))


def test_pkilint_finds_nothing_in_full_lists_and_deltas(desk):
    for path in (desk.full, desk.delta(FIRST)):
        words = ("lint", "-t", "CRL", "-p", "PKIX", path, "-s", "NOTICE")
        assert run("lint_crl", *words).strip() == ""


def test_gnutls_reads_both(desk):
    for path in (desk.full, desk.delta(FIRST)):
        said = run("certtool", "--crl-info", "--infile", path)
        assert "Version: 2" in said
        assert "error" not in said.lower()


def test_nss_takes_a_list_of_all_and_refuses_a_sharded_one(desk, tmp_path):
    store = tmp_path / "nss"
    store.mkdir()
    run("certutil", "-N", "-d", f"sql:{store}", "--empty-password")
    for name, trust in (("root", "CT,C,C"), ("issuing", ",,")):
        path = desk.office.file(f"{name}.crt")
        run("certutil", "-A", "-d", f"sql:{store}", "-n", name, "-t", trust, "-i", path)
    der = tmp_path / "full.der"
    ((_, octets),) = desk.office.records.published.values()
    der.write_bytes(octets)
    status, said = look("crlutil", "-I", "-i", der, "-d", f"sql:{store}")
    # It knows no distribution point of a list, which RFC 5280 5.2.5 wants critical.
    assert (status == 0) is not bool(desk.office.shard), said
    assert ("unknown critical extension" in said.lower()) is bool(desk.office.shard), said

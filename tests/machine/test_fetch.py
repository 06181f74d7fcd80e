"""A relying party fetches what certificates point to: lists and CA certificates."""

from datetime import timedelta

import pytest
from cryptography import x509

from cinnabar.env import Env
from cinnabar.pki.assemble import assemble_crl
from cinnabar.pki.authority import addresses, list_name
from cinnabar.pki.crl import Reason, RevokedEntry, crl_tbs
from cinnabar.pki.crl_marks import Marks
from cinnabar.signer.core import LocalSigner
from tests.machine.support import SERIAL, Face
from tests.pki.support import NOW, Facts, issue, shard_of_now


@pytest.fixture
def face(env: Env) -> Face:
    return Face(env)


def _publish(face: Face, number: int, *serials: int) -> bytes:
    env, shard = face.env, shard_of_now(face.env.firm)
    authority = env.signer.authority()
    where = addresses(env.base_url, authority.issuing_key_id, shard)
    tbs = crl_tbs(
        authority,
        Marks(number=number, point=where.crl if shard else ""),
        this_update=env.clock.now(),
        next_update=env.clock.now() + env.firm.status.crl_validity,
        entries=[
            RevokedEntry(serial=serial, revoked_at=NOW, reason=Reason.SUPERSEDED)
            for serial in serials
        ],
    )
    der = assemble_crl(tbs, env.signer.sign_crl(tbs))
    face.records.publish(list_name(authority.issuing_key_id, shard), number, der)
    return der


def _pointed_to(env: Env) -> tuple[str, str]:
    """Return where a customer's certificate says that list and issuer are."""
    certificate = x509.load_der_x509_certificate(issue(env, Facts()))
    points = certificate.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    access = certificate.extensions.get_extension_for_class(x509.AuthorityInformationAccess).value
    names = points[0].full_name
    assert names is not None
    found = (names[0].value, access[1].access_location.value)
    assert all(url.startswith(env.base_url + "/") for url in found)
    crl, issuer = (url.removeprefix(env.base_url) for url in found)
    return crl, issuer


def test_the_list_lies_where_certificates_point_and_is_the_newest(face):
    path, _ = _pointed_to(face.env)
    first = _publish(face, 7)
    face.tick()
    assert face.get(path).body == first
    second = _publish(face, 8, SERIAL)
    face.tick()
    reply = face.get(path)
    assert reply.body == second
    assert reply.headers["Content-Type"] == "application/pkix-crl"


def test_before_the_first_list_there_is_none(face):
    path, _ = _pointed_to(face.env)
    assert face.get(path).status == 404


def test_the_issuer_lies_where_certificates_point(face):
    _, path = _pointed_to(face.env)
    reply = face.get(path)
    assert reply.body == face.env.signer.authority().issuing_der
    assert reply.headers["Content-Type"] == "application/pkix-cert"


def test_root_and_its_list_lie_where_the_issuing_ca_points(face):
    authority = face.env.signer.authority()
    short = authority.root_key_id[:16]
    assert face.get(f"/ca/{short}.crt").body == authority.root_der
    assert face.get(f"/crl/{short}.crl").body == authority.root_crl_der


def test_a_file_not_changed_since_is_not_sent_again(face):
    _, path = _pointed_to(face.env)
    tag = face.get(path).headers["ETag"]
    assert face.get(path, HTTP_IF_NONE_MATCH=tag).status == 304
    assert face.ask("HEAD", path).body == b""


def test_files_are_only_read(face):
    _, path = _pointed_to(face.env)
    assert face.ask("POST", path, b"x").status == 405
    assert face.get("/crl/0000000000000000.crl").status == 404
    assert face.get("/ca/../signer/issuing.key").status == 404


def test_a_renewed_list_of_the_root_is_served_without_a_restart(face):
    assert isinstance(face.env.signer, LocalSigner)
    places = face.env.signer.places
    authority = face.env.signer.authority()
    path = f"/crl/{authority.root_key_id[:16]}.crl"
    before = face.get(path)
    places.root_crl.write_bytes(_publish(face, 9))  # any other list will do
    assert face.get(path).body != before.body


def test_a_list_is_kept_by_caches_for_a_minute(face):
    path, _ = _pointed_to(face.env)
    _publish(face, 7)
    face.tick()
    headers = face.get(path).headers
    assert headers["Cache-Control"].startswith("max-age=60, public")
    until = NOW + face.env.firm.status.crl_validity
    assert headers["Expires"] == f"{until:%a, %d %b %Y %H:%M:%S} GMT"
    assert until - NOW >= timedelta(minutes=20)


def test_lists_of_every_name_lie_at_their_own_path_until_they_are_withdrawn(face):
    der = _publish(face, 7)
    face.records.publish("0123456789abcdef-20261115", 8, der)
    face.records.publish("0123456789abcdef-20261115-delta", 9, der)
    face.tick()
    for name in ("0123456789abcdef-20261115", "0123456789abcdef-20261115-delta"):
        assert face.get(f"/crl/{name}.crl").status == 200
    del face.records.published["0123456789abcdef-20261115"]
    face.tick()
    assert face.get("/crl/0123456789abcdef-20261115.crl").status == 404
    assert face.get("/crl/0123456789abcdef-20261115-delta.crl").status == 200


def test_lists_are_served_while_the_records_are_away(face):
    path, _ = _pointed_to(face.env)
    der = _publish(face, 7)
    face.tick()
    face.records.away = True
    face.tick()
    assert face.get(path).body == der

"""S/MIME as others see it: OpenSSL and NSS on a mail that came through a relay (MSG-01)."""

import dataclasses
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs7

from cinnabar.messages.deliver import tick
from cinnabar.messages.smime import MailSigner, load_mail_signer
from cinnabar.messages.smtp import SmtpChannel, SmtpServer
from tests.messages.support import mail_signer, post_change, post_code, root
from tests.support.smtp import Mail, SmtpTwin

PEM = serialization.Encoding.PEM
NOW = datetime(2026, 11, 20, tzinfo=UTC)


def relayed(env, signer: MailSigner) -> Mail:
    """Send a code mail through a relay and return it as the relay has it."""
    with SmtpTwin() as relay:
        post_code(env, "email")
        tick(env, {"email": SmtpChannel(SmtpServer(host="127.0.0.1", port=relay.port), signer)})
    [mail] = relay.mails
    return mail


def run(*command: str | Path, given: bytes = b"", fails: bool = False) -> bytes:
    done = subprocess.run(
        [str(part) for part in command], input=given, capture_output=True, check=False
    )
    assert (done.returncode != 0) is fails, done.stderr.decode()
    return done.stdout + done.stderr


def verify(mail: bytes, tmp_path: Path, *, fails: bool = False) -> bytes:
    (tmp_path / "root.pem").write_bytes(root().public_bytes(PEM))
    return run(
        "openssl",
        "cms",
        "-verify",
        "-inform",
        "SMIME",
        "-purpose",
        "smimesign",
        "-CAfile",
        tmp_path / "root.pem",
        "-attime",
        str(int(NOW.timestamp())),
        given=mail,
        fails=fails,
    )


@pytest.mark.django_db
@pytest.mark.contract
@pytest.mark.parametrize("kind", ["ec", "rsa"])
def test_openssl_verifies_a_real_mail(env, tmp_path, kind):
    mail = relayed(env, mail_signer(kind=kind))
    seen = verify(mail.octets, tmp_path)
    assert b"Verification successful" in seen
    assert b"Content-Type: multipart/alternative" in seen


@pytest.mark.django_db
@pytest.mark.contract
def test_openssl_refuses_a_mail_that_was_changed_on_its_way(env, tmp_path):
    octets = relayed(env, mail_signer()).octets
    line = next(part for part in octets.split(b"\r\n") if len(part) == 76)
    forged = octets.replace(line, line.swapcase(), 1)
    assert b"Verification failure" in verify(forged, tmp_path, fails=True)


@pytest.mark.django_db
@pytest.mark.contract
@pytest.mark.parametrize("kind", ["ec", "rsa"])
def test_nss_verifies_the_signature_of_a_real_mail(env, tmp_path, kind):
    mail = relayed(env, mail_signer(kind=kind))
    content, signature = _signed_parts(mail)
    (tmp_path / "root.pem").write_bytes(root().public_bytes(PEM))
    (tmp_path / "content").write_bytes(content)
    (tmp_path / "signature").write_bytes(signature)
    database = f"sql:{tmp_path}"
    run("certutil", "-N", "-d", database, "--empty-password")
    run("certutil", "-A", "-d", database, "-n", "root", "-t", "C,C,", "-i", tmp_path / "root.pem")
    seen = run(
        "cmsutil",
        "-D",
        "-d",
        database,
        "-h",
        "1",
        "-u",
        "4",
        "-c",
        tmp_path / "content",
        "-i",
        tmp_path / "signature",
    )
    assert b"signer0.status=GoodSignature" in seen


@pytest.mark.django_db
def test_the_parts_are_labelled_as_rfc_8551_says_and_the_chain_is_there(env):
    mail = relayed(env, mail_signer()).message
    assert mail.get_content_type() == "multipart/signed"
    assert mail.get_param("protocol") == "application/pkcs7-signature"
    assert mail.get_param("micalg") == "sha-256"
    parts = list(mail.iter_parts())
    assert [part.get_content_type() for part in parts] == [
        "multipart/alternative",
        "application/pkcs7-signature",
    ]
    chain = pkcs7.load_der_pkcs7_certificates(parts[1].get_content())
    names = {certificate.subject.rfc4514_string() for certificate in chain}
    assert names == {"CN=Cinnabar Mail", "CN=Test Issuing CA"}


@pytest.mark.django_db
def test_a_mail_that_must_be_signed_stays_when_there_is_no_signer(env):
    with SmtpTwin() as relay:
        message = post_change(env)
        channel = SmtpChannel(SmtpServer(host="127.0.0.1", port=relay.port))
        assert tick(env, {"email": channel}).later == 1
        assert not relay.mails
        env.clock.move(seconds=2)
        signing = SmtpChannel(SmtpServer(host="127.0.0.1", port=relay.port), mail_signer())
        assert tick(env, {"email": signing}).handed_over == 1
    assert message in relay.mails[0].message["Message-ID"]


def test_a_signer_is_read_from_files_and_its_root_left_out(tmp_path):
    made = mail_signer()
    files = _files(tmp_path, made)
    loaded = load(files)
    loaded.check("Notice@example.com", NOW)
    assert loaded.chain == made.chain
    assert loaded.certificate == made.certificate


@pytest.mark.parametrize("name", ["key", "certificate", "chain"])
def test_a_file_that_is_none_is_named(tmp_path, name):
    files = _files(tmp_path, mail_signer())
    files[name].write_text("not PEM")
    with pytest.raises(ValueError, match=rf"^{files[name].name} "):
        load(files)


def test_a_key_of_another_kind_is_refused(tmp_path):
    from cryptography.hazmat.primitives.asymmetric import ed25519

    files = _files(tmp_path, mail_signer())
    other = ed25519.Ed25519PrivateKey.generate()
    files["key"].write_bytes(_pem(other))
    with pytest.raises(ValueError, match="neither an EC nor an RSA key"):
        load(files)


def test_a_certificate_that_does_not_fit_is_refused():
    signer = mail_signer()
    other = dataclasses.replace(signer, key=ec.generate_private_key(ec.SECP256R1()))
    no_mail = dataclasses.replace(signer, certificate=mail_signer(purpose="server").certificate)
    for wrong, sender, now, said in [
        (signer, "service@example.com", NOW, "not for service@example.com"),
        (signer, "notice@example.com", NOW + timedelta(days=365), "ended on 2027-01-01"),
        (other, "notice@example.com", NOW, "not that of"),
        (no_mail, "notice@example.com", NOW, "not for emailProtection"),
    ]:
        with pytest.raises(ValueError, match=said):
            wrong.check(sender, now)


def test_a_signer_prints_without_its_key():
    assert "PrivateKey" not in repr(mail_signer())


def load(files: dict[str, Path]) -> MailSigner:
    return load_mail_signer(
        key=files["key"], certificate=files["certificate"], chain=files["chain"]
    )


def _files(place: Path, signer: MailSigner) -> dict[str, Path]:
    files = {name: place / f"{name}.pem" for name in ("key", "certificate", "chain")}
    files["key"].write_bytes(_pem(signer.key))
    files["certificate"].write_bytes(signer.certificate.public_bytes(PEM))
    above: list[x509.Certificate] = [signer.certificate, *signer.chain, root()]
    files["chain"].write_bytes(b"".join(one.public_bytes(PEM) for one in above))
    return files


def _pem(key) -> bytes:
    return key.private_bytes(PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())


def _signed_parts(mail: Mail) -> tuple[bytes, bytes]:
    """Cut the signed content and the signature out, as a mail program does."""
    boundary = b"--" + str(mail.message.get_boundary()).encode()
    content = mail.octets.split(boundary + b"\r\n")[1].removesuffix(b"\r\n")
    return content, list(mail.message.iter_parts())[1].get_content()

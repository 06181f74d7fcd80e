"""The examples of RFC 9421 and RFC 9530, and structured fields (RFC 9651)."""

import base64
import json

import pytest

from cinnabar.faces.machine.signed import base, digests, fields
from cinnabar.faces.machine.signed.fields import FieldError, InnerList
from cinnabar.faces.machine.signed.keys import read_key
from cinnabar.faces.machine.signed.request import Sent


def test_the_example_of_rfc_9421_with_ed25519():
    """RFC 9421, B.2.6."""
    key = read_key(
        b"-----BEGIN PUBLIC KEY-----\n"
        b"MCowBQYDK2VwAyEAJrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs=\n"
        b"-----END PUBLIC KEY-----\n"
    )
    request = Sent(
        method="POST",
        base_url="https://example.com",
        path="/foo",
        query="param=Value&Pet=dog",
        headers={
            "date": "Tue, 20 Apr 2021 02:07:55 GMT",
            "content-type": "application/json",
            "content-length": "18",
        },
        body=b'{"hello": "world"}',
        peer="",
    )
    told = (
        'sig-b26=("date" "@method" "@path" "@authority" "content-type" "content-length")'
        ';created=1618884473;keyid="test-key-ed25519"'
    )
    covered = fields.read_dictionary(told)["sig-b26"]
    assert isinstance(covered, InnerList)
    made = base64.b64decode(
        "wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw=="
    )
    assert key.made(made, base.signature_base(request, covered))


def test_the_examples_of_rfc_9530():
    """RFC 9530, B.1 and 2."""
    body = json.dumps({"hello": "world"}).encode()
    assert digests.fits("sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:", body)
    assert digests.content_digest(body) == "sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:"
    both = f"{digests.content_digest(body, 'sha-512')}, {digests.content_digest(body)}"
    assert digests.fits(both, body)
    assert not digests.fits("md5=:AAAA:", body)
    assert not digests.fits(
        f"{digests.content_digest(b'')}, {digests.content_digest(body, 'sha-512')}", body
    )


@pytest.mark.parametrize(
    "text",
    [
        "a=1,",
        "a=1 b=2",
        "A=1",
        "a=1.5",
        "a=@1700000000",
        'a="\x7f"',
        "a=(1",
        "a=(1;b=?2)",
        "a=1, a=2",
        "a=1;b;b",
        "a=9999999999999999",
        "a=:é:",
        'a=(1"x")',
    ],
)
def test_what_is_no_structured_field_is_refused(text):
    with pytest.raises(FieldError):
        fields.read_dictionary(text)


def test_a_field_is_written_as_it_was_read():
    text = '("@method" "a\\"b";req;n=?0 tok -5);created=1;keyid="x";tag=:AAE=:;up'
    member = fields.read_dictionary(f"sig={text}")["sig"]
    assert isinstance(member, InnerList)
    assert fields.write_list(member) == text

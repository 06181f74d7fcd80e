"""What leaves for a push service, against the vectors of its RFCs; and whom we call at all."""

import socket
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from cinnabar.messages.channel import TryLaterError
from cinnabar.messages.push import vapid, wire
from cinnabar.messages.push.sealed_body import CURVE, Reader, key_from, point_of, sealed
from tests.support.push import claims_of, octets

PLAIN = b"When I grow up, I want to be a watermelon"
OURS = octets("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw")
POINT = octets(
    "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
)
AUTH, SALT = octets("BTBZMqHH6r4Tts7J_aSIgg"), octets("DGv6ra1nlYgDCS1FRnbzlw")
BODY = octets(
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmY"
    "WAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexS"
    "gSxsj_Qulcy4a-fN"
)
TOKEN = (
    "eyJ0eXAiOiJKV1QiLCJhbGciOiJFUzI1NiJ9.eyJhdWQiOiJodHRwczovL3B1c2guZXhhbXBsZS5uZXQiLCJleHAi"
    "OjE0NTM1MjM3NjgsInN1YiI6Im1haWx0bzpwdXNoQGV4YW1wbGUuY29tIn0.i3CYb7t4xfxCDquptFOepC9GAu_HL"
    "GkMlMuCGSK2rpiUfnK9ojFwDXb1JrErtmysazNjjvW2L9OkSSHzvoD1oA"
)
KEY = "BA1Hxzyi1RUM1b5wjxsn7nGxAszw2u61m164i3MrAIxHF6YK5h4SDYic-dRuU_RCPCfA5aq9ojSwk5Y2EmClBPs"
EXPIRES = 1_453_523_768


def test_a_body_is_sealed_as_rfc_8291_appendix_a_has_it():
    ephemeral = ec.derive_private_key(int.from_bytes(OURS), CURVE)
    assert sealed(PLAIN, Reader.of(POINT, AUTH), ephemeral=ephemeral, salt=SALT) == BODY


def test_we_say_who_we_are_as_rfc_8292_section_2_4_has_it():
    now = datetime.fromtimestamp(EXPIRES, UTC) - vapid.LIFE
    key = key_from(b"k" * 40)
    place, contact = "https://push.example.net/p/JzLQ3raZJfFBR0aqvOMsLrt54w4rJUsV", "mailto:push@"
    said = vapid.authorization(key, place, contact=f"{contact}example.com", now=now)
    assert said.startswith(f"vapid t={TOKEN.rpartition('.')[0]}.")
    public = vapid.b64url(point_of(key.public_key()))
    assert said.endswith(f", k={public}")
    assert claims_of(said, public) == claims_of(f"vapid t={TOKEN}, k={KEY}", KEY)
    assert claims_of(said.replace(public, KEY), KEY) is None, "another key has not signed this"


@pytest.mark.parametrize(
    ("point", "auth"),
    [
        (b"", AUTH),
        (POINT, b""),
        (POINT, AUTH + b"x"),
        (POINT[:64] + bytes([POINT[64] ^ 1]), AUTH),
        (b"\x04" + bytes(64), AUTH),
        (b"\x02" + POINT[1:33], AUTH),
    ],
)
def test_what_is_no_key_of_a_browser_is_refused(point, auth):
    with pytest.raises(ValueError, match=r".+"):
        Reader.of(point, auth)


def test_keys_are_made_of_forty_octets_and_are_in_range():
    assert key_from(bytes(40)).private_numbers().private_value == 1
    assert key_from(b"\xff" * 40) is not None
    with pytest.raises(ValueError, match="40"):
        key_from(b"short")


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://fcm.googleapis.com/wake/1",
        "https://fcm.googleapis.com:8443/wake/1",
        "https://fcm.googleapis.com:0/",
        "https://user@fcm.googleapis.com/",
        "https://fcm.googleapis.com@evil.example/",
        "https://fcm.googleapis.com\\@evil.example/",
        "https://fcm.googleapis.com/#x",
        "https://fcm.googleapis.com/a b",
        "https://fcm.googleapis.com/\r\nHost: x",
        "https://FCM.googleapis.com/",
        "https://*.googleapis.com/",
        "https://localhost/",
        "https://[::1]/",
        "https://[::1/",
        "https:///path",
        "https://fcm.googleapis.com:port/",
        "https://推.example/",
        "ftp://fcm.googleapis.com/",
        "//fcm.googleapis.com/",
        "",
        "https://fcm.googleapis.com/" + "x" * 1024,
    ],
)
def test_what_is_no_plain_https_address_is_none(endpoint):
    assert wire.host_of(endpoint) is None


def test_only_hosts_of_the_list_are_called():
    hosts = ("fcm.googleapis.com", "*.push.apple.com")
    assert wire.host_of("https://web.push.apple.com:443/Q?x=1") == "web.push.apple.com"
    called = ("fcm.googleapis.com", "web.push.apple.com", "api.sandbox.push.apple.com")
    assert all(wire.is_listed(host, hosts) for host in called)
    others = ("push.apple.com", "xpush.apple.com", "fcm.googleapis.com.evil.example", "10.0.0.1")
    assert not any(wire.is_listed(host, hosts) for host in others)
    assert not wire.is_listed("fcm.googleapis.com", ())


@pytest.mark.parametrize(
    "hosts", ["*", "*.", "https://fcm.googleapis.com", "a.b/c", "*.*.a", "A.b"]
)
def test_a_list_that_would_name_everybody_is_refused(hosts):
    with pytest.raises(ValueError, match="CINNABAR_PUSH"):
        wire.check_hosts((hosts,))


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        ".".join("0000"),
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1%eth0",
        "fc00::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "2001:db8::1",
    ],
)
def test_addresses_of_our_own_are_not_public(address):
    assert not wire.is_public(address)


def test_a_name_that_leads_into_our_own_network_is_not_called():
    """The operator's list names hosts; whoever answers for the name must not lead us inside."""
    with socket.create_server(("127.0.0.1", 0)) as inside:
        inside.settimeout(0)
        with pytest.raises(TryLaterError, match="not public"):
            wire.dial("localhost", inside.getsockname()[1], 1.0)
        with pytest.raises(BlockingIOError):
            inside.accept()


@pytest.mark.parametrize("address", ["142.250.4.95", "2a00:1450:4001::5f", "::ffff:142.250.4.95"])
def test_addresses_of_everybody_are(address):
    assert wire.is_public(address)

"""Whose address a request counts for (incident 12, API-05, COD-10)."""

import pytest

from cinnabar.faces.web.request import client_address
from cinnabar.limits.models import Tally
from tests.support.face import Browser

CLIENT, PROXY, OUTER = "203.0.113.7", "10.0.0.1", "10.0.0.2"


@pytest.mark.parametrize("forwarded", ["", CLIENT, "198.51.100.1, 10.0.0.1", "127.0.0.1", "junk"])
def test_without_a_trusted_proxy_the_socket_counts(forwarded):
    assert client_address("192.0.2.1", forwarded, ()) == "192.0.2.1"
    assert client_address("192.0.2.1", forwarded, (PROXY,)) == "192.0.2.1"


@pytest.mark.parametrize(
    ("forwarded", "trusted", "counted"),
    [
        (CLIENT, (PROXY,), CLIENT),
        (f"127.0.0.1, 10.0.0.9, {CLIENT}", (PROXY,), CLIENT),
        (f"{CLIENT}, {OUTER}", (PROXY, OUTER), CLIENT),
        (f"{CLIENT}, {OUTER}", (PROXY,), OUTER),
        (f"{CLIENT},, {OUTER} ,", ("10.0.0.0/8",), CLIENT),
        ("", (PROXY,), PROXY),
        (OUTER, ("10.0.0.0/8",), OUTER),
        ("unknown", (PROXY,), "unknown"),
        (f"{CLIENT}, nonsense", ("10.0.0.0/8",), "unknown"),
    ],
)
def test_a_trusted_proxy_says_who_stands_before_it_and_no_more(forwarded, trusted, counted):
    assert client_address(PROXY, forwarded, trusted) == counted


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("::1", "::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::ffff:203.0.113.7", CLIENT),
        ("", "unknown"),
        ("203.0.113.7:4711", "unknown"),
        ("2130706433", "unknown"),
    ],
)
def test_a_customer_of_ipv6_is_a_network_and_of_ipv4_an_address(address, counted):
    assert client_address(address, "", ()) == counted


def test_a_made_up_address_does_not_buy_new_tries(env, ming):
    browser = Browser()
    for n in range(3):
        browser.headers = {"X-Forwarded-For": f"198.51.100.{n}", "Forwarded": f"for=198.51.100.{n}"}
        browser.sign_in("B223456782", "demo9999")
    counts = Tally.objects.filter(what="sign-in-wrong-address")
    assert list(counts.values_list("whom", "n")) == [("127.0.0.1", 3)]

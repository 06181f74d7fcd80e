"""Browsers, addresses and places as people read them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cinnabar.kernel.agents import Agent, read_agent
from cinnabar.kernel.masks import mask_address
from cinnabar.kernel.places import PlacesFile, PlacesFileError

_MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)"
_WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("text", "browser", "system"),
    [
        (f"{_MAC} {_WEBKIT} Chrome/131.0.0.0 Safari/537.36", "Chrome", "macOS"),
        (
            (
                f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {_WEBKIT} Chrome/131.0 Safari/537.36"
                " Edg/131.0.0.0"
            ),
            "Edge",
            "Windows",
        ),
        (
            (
                f"Mozilla/5.0 (Linux; Android 14; SM-S918B) {_WEBKIT} SamsungBrowser/26.0"
                " Chrome/122.0.0.0 Mobile Safari/537.36"
            ),
            "Samsung Internet",
            "Android",
        ),
        (
            f"Mozilla/5.0 (Linux; Android 10; K) {_WEBKIT} Chrome/131.0.0.0 Mobile Safari/537.36",
            "Chrome",
            "Android",
        ),
        (
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15"
                " (KHTML, like Gecko) CriOS/131.0.6778.73 Mobile/15E148 Safari/604.1"
            ),
            "Chrome",
            "iOS",
        ),
        (
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15"
                " (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1"
            ),
            "Safari",
            "iOS",
        ),
        (
            "Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0",
            "Firefox",
            "Linux",
        ),
        (f"Mozilla/5.0 (X11; Linux x86_64) {_WEBKIT} HeadlessChrome/131.0.0.0", "Chrome", "Linux"),
        ("curl/8.5.0", "", ""),
        ("", "", ""),
    ],
)
def test_common_browsers_are_known_by_name(text, browser, system):
    assert read_agent(text) == Agent(browser=browser, system=system)


@given(st.text(max_size=200))
def test_whatever_is_sent_only_names_on_the_lists_come_out(text):
    found = read_agent(text)
    assert found.browser.replace(" ", "").isalpha() or found.browser == ""
    assert len(found.browser) <= 20
    assert len(found.system) <= 20


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("203.0.113.77", "203.0.113.*"),
        ("2001:db8:1:2::/64", "2001:db8:1::*"),
        ("2001:db8:1:2:3::4", "2001:db8:1::*"),
        ("unknown", "****"),
        ("", "****"),
        ("evil.example", "****"),
    ],
)
def test_an_address_is_shown_without_its_end(address, shown):
    assert mask_address(address) == shown


@given(st.ip_addresses(), st.integers(0, 255))
def test_neighbours_cannot_be_told_apart(address, last):
    """What is shown names a network of at least 256."""
    neighbour = type(address)(int(address) >> 8 << 8 | last)
    assert mask_address(str(address)) == mask_address(str(neighbour))


def places(tmp_path, text):
    file = tmp_path / "places.csv"
    file.write_text(text, encoding="utf-8")
    return PlacesFile(file)


def test_the_narrowest_network_counts(tmp_path):
    known = places(
        tmp_path,
        "network,zh-Hant-TW,en\n203.0.113.0/24,台北,Taipei\n203.0.113.64/26,板橋,Banqiao\n"
        "2001:db8::/32,台灣,Taiwan\n0.0.0.0/0,他處,elsewhere\n",
    )
    assert known.of("203.0.113.5", "en") == "Taipei"
    assert known.of("203.0.113.65", "zh-Hant-TW") == "板橋"
    assert known.of("2001:db8:1:2::/64", "en") == "Taiwan"
    assert known.of("198.51.100.1", "en") == "elsewhere"
    assert known.of("2001:db9::/64", "en") == ""
    assert known.of("198.51.100.1", "zh-Hant-HK") == ""
    assert known.of("unknown", "en") == ""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "line 1"),
        ("203.0.113.0/24,Taipei\n", "line 1"),
        ("network,en\n203.0.113.1/24,Taipei\n", "line 2"),
        ("network,en\nhere,Taipei\n", "line 2"),
        ("network,en\n203.0.113.0/24\n", "line 2"),
        ("network,en\n203.0.113.0/24,Taipei,more\n", "line 2"),
        ('network,en\n"203.0.113.0/24,Taipei\n', "CSV"),
    ],
)
def test_a_file_that_cannot_be_used_says_where(tmp_path, text, said):
    with pytest.raises(PlacesFileError, match=said):
        places(tmp_path, text)

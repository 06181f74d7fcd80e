"""What nobody is shown instead of a customer's contacts (RST-05, CONFLICT-6, incident 16)."""

import re
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cinnabar.centre import decoys
from cinnabar.customers.vocabulary import BusinessLine
from cinnabar.firm import load_firm
from cinnabar.kernel.masks import mask_account, mask_email, mask_mobile

LINES = (BusinessLine.SECURITIES, BusinessLine.FUTURES, BusinessLine.OVERSEAS, BusinessLine.WEALTH)
MOBILES = ("0910", "0922", "0958")
DOMAINS = ("example.com", "example.net", "*")
SEEDS = st.binary(min_size=32, max_size=32)


def _of(seed: bytes, lines=LINES) -> decoys.Decoy:
    return decoys.of(seed, lines, mobiles=MOBILES, length=10, domains=DOMAINS)


def _shown(seed: bytes) -> tuple[str, str, tuple[str, ...]]:
    decoy = _of(seed)
    return (
        mask_mobile(decoy.mobile),
        decoys.shown_domain(decoy.email, mask_email(decoy.email), DOMAINS),
        tuple(mask_account(number) for number in decoy.accounts.values()),
    )


@given(SEEDS)
def test_a_decoy_reads_like_the_real_thing_under_the_masks(seed):
    mobile, email, accounts = _shown(seed)
    assert re.fullmatch(r"(0910|0922|0958)\*{4}\d\d", mobile)
    assert re.fullmatch(r"[a-z]\*{5}[a-z0-9]@(example\.(com|net)|\*{5})", email)
    assert len(accounts) == len(LINES)
    assert all(re.fullmatch(r"\*{4}\d{3}", number) for number in accounts)


@pytest.mark.parametrize("name", ["taiwan", "strong", "hongkong"])
def test_a_decoys_mobile_is_one_where_the_firms_customers_live(name):
    firm = load_firm(name)
    starts, numbers = firm.reissue.decoy_mobiles, firm.mobiles
    for n in range(200):
        seed = n.to_bytes(32, "big")
        decoy = decoys.of(seed, LINES, mobiles=starts, length=numbers.length, domains=DOMAINS)
        assert numbers.read(decoy.mobile) == decoy.mobile


@given(SEEDS)
def test_who_comes_again_sees_the_same(seed):
    assert _shown(seed) == _shown(seed)


@given(SEEDS, st.sets(st.sampled_from(LINES), min_size=1))
def test_a_line_more_or_less_changes_nothing_of_the_rest(seed, lines):
    some, all_of_them = _of(seed, tuple(lines)), _of(seed)
    assert (some.mobile, some.email) == (all_of_them.mobile, all_of_them.email)
    assert all(all_of_them.accounts[line] == number for line, number in some.accounts.items())


def test_other_pairs_see_other_decoys():
    seen = {_shown(n.to_bytes(32, "big")) for n in range(2000)}
    assert len(seen) == 2000


def test_what_stands_there_more_often_comes_up_more_often():
    domains = ("example.com",) * 3 + ("example.net",)
    found = Counter(
        decoys.of(
            n.to_bytes(32, "big"), LINES, mobiles=MOBILES, length=10, domains=domains
        ).email.partition("@")[2]
        for n in range(4000)
    )
    # Three standard deviations of a count with p = 3/4.
    assert abs(found["example.com"] - 3000) < 3 * (4000 * 0.75 * 0.25) ** 0.5


def test_digits_are_even():
    found = Counter(_shown(n.to_bytes(32, "big"))[0][-1] for n in range(5000))
    chi = sum((found[digit] - 500) ** 2 / 500 for digit in "0123456789")
    assert chi < 21.67, "p = 0.01 with nine degrees of freedom"


@given(st.sampled_from(["rare.example", "example.org", "mail.example.com"]))
def test_a_domain_that_no_decoy_has_is_not_shown(domain):
    email = f"fredric@{domain}"
    assert decoys.shown_domain(email, mask_email(email), DOMAINS) == "f*****c@*****"


def test_a_common_domain_is_shown():
    assert decoys.shown_domain("fredric@example.com", "f*****c@example.com", DOMAINS) == (
        "f*****c@example.com"
    )


def test_an_address_that_was_masked_whole_stays_so():
    assert decoys.shown_domain("fredric", "*****", DOMAINS) == "*****"


@given(SEEDS)
def test_a_decoy_does_not_print(seed):
    decoy = _of(seed)
    assert decoy.mobile not in repr(decoy)
    assert decoy.email not in repr(decoy)


@given(SEEDS)
def test_nobody_holds_the_first_line_and_some_of_the_others(seed):
    held = decoys.held(seed, LINES)
    assert held[0] is LINES[0]
    assert list(held) == [line for line in LINES if line in held]


def test_who_holds_what_differs():
    held = {decoys.held(n.to_bytes(32, "big"), LINES) for n in range(200)}
    assert len(held) == 2 ** (len(LINES) - 1)

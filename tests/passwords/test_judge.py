"""A new password of somebody who is known: judged by shape, by what others know, by what was."""

from dataclasses import replace

import pytest

from cinnabar.firm import load_firm
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.kernel.secrets import Password
from cinnabar.passwords.actions import set_password
from cinnabar.passwords.judging import insist, judge
from cinnabar.passwords.kinds import PasswordKind
from cinnabar.passwords.rules import Rule
from tests.support.customers import add_customer
from tests.support.leaked import Leaked
from tests.support.signing import sign_in

TAIWAN, STRONG = load_firm("taiwan"), load_firm("strong")


def under(env, firm, **login):
    """Return the world with the passwords of that firm, changed as said."""
    changed = replace(firm.password, login=replace(firm.password.login, **login))
    return replace(env, firm=replace(env.firm, password=changed))


@pytest.fixture
def here(env):
    return under(env, TAIWAN)


def broken(env, customer, typed, kind=PasswordKind.LOGIN):
    return judge(env, customer.id, kind, Password(typed))


def test_g21_g23_what_the_manual_allows_is_allowed(here, ming):
    for typed in ("abc1234", "Abc1234", "9287734"):
        assert broken(here, ming, typed) == ()
    assert broken(here, ming, "ab12CD", PasswordKind.WITHDRAWAL) == ()


def test_everything_that_is_on_file_is_looked_for(here, db):
    hua = add_customer(
        here,
        identifier="D123456782",
        name="李華",
        birth_date="1980-01-31",
        mobile="0958123474",
        accounts="securities:台北分公司:9801-0023456",
    )
    assert broken(here, hua, "D123456782") == (Rule.OWN_ID,)
    assert broken(here, hua, "ab800131") == (Rule.BIRTH_DATE,)
    assert broken(here, hua, "0958123474") == (Rule.PHONE,)
    assert broken(here, hua, "a0023456") == (Rule.ACCOUNT,)


def test_somebody_elses_number_and_no_number_are_no_matter(here, ming, lin):
    assert broken(here, lin, "0958123474") == ()


def test_taiwan_takes_a_common_password_and_the_strong_firm_does_not(env, ming):
    """G21 and PWD-05."""
    known = Leaked.of("abc1234x")
    taiwan, strong = (replace(under(env, firm), breached=known) for firm in (TAIWAN, STRONG))
    assert broken(taiwan, ming, "password") == broken(taiwan, ming, "abc1234x") == ()
    assert broken(strong, ming, "password") == (Rule.COMMON,)
    assert broken(strong, ming, "abc1234x") == (Rule.BREACHED,)
    assert broken(replace(strong, breached=None), ming, "abc1234x") == ()


def test_the_one_before_may_not_come_back_where_the_firm_says_so(env, ming):
    """G22, PWD-09: of a history of two, the one in force and the one before it."""
    looking = under(env, TAIWAN, history=2)
    for typed in ("first123", "second12"):
        set_password(looking, ming.id, Password(typed))
    assert broken(looking, ming, "demo1234") == ()
    assert broken(looking, ming, "first123") == broken(looking, ming, "second12")
    assert broken(looking, ming, "second12") == (Rule.USED_BEFORE,)
    assert broken(looking, ming, "Second12") == ()
    assert broken(under(env, TAIWAN), ming, "second12") == ()


def test_a_refusal_names_each_rule_and_says_no_password(here, ming):
    with pytest.raises(Refused) as refused:
        insist(here, ming.id, PasswordKind.LOGIN, Password("a b/"))
    assert refused.value.refusal is Refusal.PASSWORD_REFUSED
    assert refused.value.facts["rules"] == ("blank", "symbol", "too-short")
    assert "a b/" not in repr(refused.value.facts)
    insist(here, ming.id, PasswordKind.LOGIN, Password("abc1234"))


def test_one_password_is_one_however_its_characters_are_composed(env, ming):
    """PWD-03: NFC, at setting and at every sign-in."""
    set_password(env, ming.id, Password("cafe\u0301 au lait"))
    sign_in(env, ming.identifier, Password("caf\u00e9 au lait"), address="203.0.113.7")
    with pytest.raises(Refused):
        sign_in(env, ming.identifier, Password("cafe au lait"), address="203.0.113.7")


def test_the_longest_password_signs_in_whole(env, ming):
    """PWD-02: nothing is cut."""
    longest = "x" * STRONG.password.login.max
    assert broken(under(env, STRONG), ming, longest) == ()
    set_password(env, ming.id, Password(longest))
    with pytest.raises(Refused):
        sign_in(env, ming.identifier, Password(longest[:-1]), address="203.0.113.7")
    sign_in(env, ming.identifier, Password(longest), address="203.0.113.7")

"""語音密碼: the page on which the password of the order line is set by itself (P98, PWD-08)."""

import pytest

from cinnabar.journal.models import Entry
from cinnabar.passwords import voice
from cinnabar.passwords.kinds import PasswordKind
from cinnabar.passwords.models import Lock, StoredPassword
from cinnabar.words import Words
from tests.support.face import Browser
from tests.support.mail import received
from tests.support.passwords import account_of, kept
from tests.support.people import OTHER, PASSWORD
from tests.support.voice import DIGITS, NEW, give, verdict, wrong

PAGE, DONE = "/passwords/voice/", "/passwords/voice/set/"
MING = "A123456789"


def send(browser, old=PASSWORD, new=DIGITS, **more):
    browser.get(PAGE)
    fields = {"old": old.reveal(), "new": new, "new_again": new, **more}
    return browser.form(PAGE, fields)


def title(env, name):
    """Return how a refusal begins on the page."""
    return Words(env.firm, "zh-Hant-TW").say(f"refusals.{name}.title")


@pytest.fixture
def huas(env, hua):
    """A browser at which 張雅華, whose accounts have passwords of their own, has signed in."""
    browser = Browser()
    browser.sign_in("D223456784")
    return browser


def test_a_customer_sets_it_and_the_line_takes_it(env, line, ming, mings):
    before = kept(ming)
    answer = send(mings)
    assert (answer.status_code, answer["Location"]) == (302, DONE)
    assert mings.get(DONE).status_code == 200
    assert verdict(line.verify("call", DIGITS, identifier=MING)) == "right"
    assert kept(ming) == before
    assert Entry.objects.get(event="voice-password:set").subject == ming.subject
    assert received(env)


def test_whoever_has_set_none_is_told_of_none(mings):
    assert mings.get(DONE)["Location"] == PAGE


def test_the_present_sign_in_password_is_asked_and_its_tries_are_counted(env, ming, mings):
    for n in range(1, env.firm.login.max_wrong):
        answer = send(mings, OTHER)
        assert answer.status_code == 403
        assert title(env, "old-password-wrong") in answer.content.decode()
        assert Lock.objects.get(wrong__gt=0).wrong == n, "in the lane of his device"
    send(mings, OTHER)
    assert Lock.objects.filter(locked_at__isnull=False).exists()
    assert kept(ming, PasswordKind.VOICE) == {}


@pytest.mark.parametrize(
    ("new", "again", "name"),
    [
        ("abc12345", "abc12345", "password-refused"),
        ("123", "123", "password-refused"),
        (DIGITS, NEW, "password-differs"),
    ],
)
def test_what_may_not_be_one_is_refused_by_name(env, mings, new, again, name):
    answer = send(mings, new=new, new_again=again)
    assert answer.status_code == 400
    assert title(env, name) in answer.content.decode()
    assert not StoredPassword.objects.filter(kind=PasswordKind.VOICE).exists()


def test_a_locked_line_is_told_and_opens_with_a_new_password(env, line, ming, mings):
    give(env, ming, NEW)
    wrong(line, env.firm.password.voice.max_wrong)
    assert voice.is_shut(env, ming.id)
    assert 'class="note slim"' in mings.get(PAGE).content.decode()
    send(mings)
    assert verdict(line.verify("call", DIGITS, identifier=MING)) == "right"


def test_where_each_account_has_its_own_one_is_chosen(env, line, hua, huas):
    give(env, hua, NEW)
    securities = account_of(hua, "securities")
    assert send(huas, account=str(securities))["Location"] == DONE
    assert verdict(line.verify("1", DIGITS, account="8100234")) == "right"
    assert verdict(line.verify("2", NEW, account="8100567")) == "right"
    assert verdict(line.verify("3", NEW, account="8100234")) == "wrong"


def test_an_account_is_changed_with_its_own_sign_in_password_only(hua, huas):
    futures = account_of(hua, "futures")
    assert send(huas, account=str(futures)).status_code == 403
    assert send(huas, OTHER, account=str(futures))["Location"] == DONE


@pytest.mark.parametrize("account", ["0", "999999999999999999", "x", ""])
def test_an_account_that_is_not_ones_own_is_not_there(huas, hua, account):
    answer = send(huas, account=account)
    assert answer.status_code in {400, 404}
    assert kept(hua, PasswordKind.VOICE) == {}


def test_somebody_elses_account_is_not_there_either(huas, hua, mings, ming):
    assert send(mings, account=str(account_of(hua, "securities"))).status_code == 404


def test_the_table_of_letters_is_there_where_the_firm_makes_them_digits(env, mings):
    words = Words(env.firm, "zh-Hant-TW")
    shown = words.say("letters.title") in mings.get(PAGE).content.decode()
    assert shown == (env.firm.password.voice.derivation == "letter-map")

"""Mailed secrets: looked at as often as one likes, used once, while they last."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from cinnabar.codes import links
from cinnabar.codes.models import Link

DAY = timedelta(days=1)


def delivering(env, delivery: str):
    return replace(env, firm=replace(env.firm, link=replace(env.firm.link, delivery=delivery)))


@pytest.fixture
def by_code(env):
    """The world of a firm whose mails carry a code and no link."""
    return delivering(env, "code")


def test_looking_changes_nothing_and_the_second_use_finds_nothing(env, ming):
    text = links.make(env, ming.id, "reissue", flow="f", life=DAY).reveal()
    assert links.look(env, "reissue", text) == links.look(env, "reissue", text)
    assert links.spend(env, "reissue", text).customer_id == ming.id
    assert links.spend(env, "reissue", text) is None
    assert links.look(env, "reissue", text) is None


def test_a_link_is_for_its_own_purpose(env, ming):
    text = links.make(env, ming.id, "not-me", flow="", life=DAY).reveal()
    assert links.spend(env, "reissue", text) is None
    assert links.spend(env, "not-me", text)


def test_g19_a_link_is_dead_from_the_instant_it_ends(env, clock, ming):
    text = links.make(env, ming.id, "reissue", flow="", life=DAY).reveal()
    clock.move(DAY - timedelta(microseconds=1))
    assert links.look(env, "reissue", text)
    clock.move(timedelta(microseconds=1))
    assert links.look(env, "reissue", text) is None
    assert links.spend(env, "reissue", text) is None


def test_a_newer_request_ends_the_mail_before_it(env, ming, mei):
    first = links.make(env, ming.id, "reissue", flow="", life=DAY).reveal()
    others = links.make(env, mei.id, "reissue", flow="", life=DAY).reveal()
    assert links.kill(ming.id, "reissue") == 1
    second = links.make(env, ming.id, "reissue", flow="", life=DAY).reveal()
    assert [bool(links.look(env, "reissue", text)) for text in (first, second, others)] == [
        False,
        True,
        True,
    ]


def test_two_live_reissue_mails_of_one_customer_cannot_rest(env, ming):
    links.make(env, ming.id, "reissue", flow="", life=DAY)
    with pytest.raises(IntegrityError), transaction.atomic():
        links.make(env, ming.id, "reissue", flow="", life=DAY)


def test_a_link_carries_256_bits_and_rests_as_a_hash(env, ming):
    text = links.make(delivering(env, "hyperlink"), ming.id, "reissue", flow="", life=DAY).reveal()
    assert len(bytes.fromhex(text)) == 32
    assert text not in str(Link.objects.values_list().get())


@pytest.mark.parametrize(
    "spoil", [str.lower, "-".join, " {} ".format, lambda t: t.replace("0", "o")]
)
def test_a_code_is_ten_letters_that_may_be_typed_as_people_do(by_code, ming, spoil):
    text = links.make(by_code, ming.id, "reissue", flow="", life=DAY).reveal()
    assert len(text) == 10
    assert links.spend(by_code, "reissue", spoil(text))


def test_what_ended_long_ago_is_forgotten(env, clock, ming):
    links.make(env, ming.id, "not-me", flow="", life=DAY)
    clock.move(2 * DAY)
    assert links.forget_old(env, kept=DAY) == 0
    clock.move(seconds=1)
    assert links.forget_old(env, kept=DAY) == 1

"""A message is posted with the fact it tells, once, and sealed."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from cinnabar.kernel.secrets import Digits
from cinnabar.kernel.vault import VaultError
from cinnabar.messages.actions import forget_before, post
from cinnabar.messages.claims import claim
from cinnabar.messages.envelope import open_facts, open_to
from cinnabar.messages.kinds import Kind
from cinnabar.messages.models import Outbox
from tests.messages.support import MAILBOX, MING, PHONE, Shelf, post_change, post_code, row

pytestmark = pytest.mark.django_db


class _BusinessFailedError(Exception):
    pass


@pytest.mark.django_db(transaction=True)
def test_a_message_outside_a_transaction_is_refused(env):
    with pytest.raises(RuntimeError, match="transaction"):
        post(
            env,
            kind=Kind.CODE_NOTICE,
            customer_id=1,
            subject=MING,
            channel="email",
            to="a@example.com",
            language="en",
            facts={"purpose": "apply", "asked_at": env.clock.now().isoformat()},
            key="k",
            expires_at=None,
        )
    assert Outbox.objects.count() == 0


def test_a_message_goes_with_the_act_that_failed(env):
    with pytest.raises(_BusinessFailedError):
        _act_and_fail(env)
    assert Outbox.objects.count() == 0


def test_the_same_key_is_one_message_and_says_which(env):
    first = post_code(env, digits="5523")
    second = post_code(env, digits="9999")
    assert first == second
    assert open_facts(env, first, row(first).facts_sealed or b"")["code"] == "5523"


def test_the_same_key_again_changes_nothing_of_a_message_that_is_on_its_way(env):
    message = post_code(env)
    claim(env, "worker", 1, channel="sms")
    before = Outbox.objects.values().get(id=message)
    env.clock.move(seconds=5)
    post_code(env, to="0911222333")
    assert Outbox.objects.values().get() == before


def test_both_channels_of_one_code_are_two_messages(env):
    assert post_code(env, "sms") != post_code(env, "email")


def test_nothing_personal_and_no_code_rests_in_clear(env):
    message = post_code(env, digits="QX7ZK9")
    kept = Outbox.objects.values().get(id=message)
    octets = b"".join(v if isinstance(v, bytes) else str(v).encode() for v in kept.values())
    for secret in ("QX7ZK9", PHONE, MAILBOX):
        assert secret.encode() not in octets


def test_what_is_sealed_for_one_message_does_not_open_for_another(env):
    one, other = row(post_code(env, "sms")), row(post_code(env, "email"))
    assert open_to(env, one.id, one.to_sealed) == PHONE
    with pytest.raises(VaultError):
        open_to(env, other.id, one.to_sealed)
    with pytest.raises(VaultError):
        open_facts(env, other.id, one.facts_sealed or b"")
    with pytest.raises(VaultError):
        open_facts(env, one.id, one.to_sealed)


def test_ids_sort_by_time_and_are_uuids_of_version_7(env):
    first = post_code(env, key="a")
    env.clock.move(seconds=1)
    second = post_code(env, key="b")
    assert first < second
    assert [(one[12], one[16] in "89ab") for one in (first, second)] == [("7", True)] * 2


def test_a_code_as_a_plain_text_is_refused(env):
    with pytest.raises(TypeError, match="Secret"), transaction.atomic():
        _post(env, facts={"code": "5523", "purpose": "apply", "asked_at": "x"})


@pytest.mark.parametrize(
    "facts",
    [
        {"purpose": "apply", "asked_at": "x"},
        {"code": Digits("1"), "purpose": "apply", "asked_at": "x", "name": "王小明"},
        {"code": Digits("1"), "purpose": "sell", "asked_at": "x"},
    ],
)
def test_facts_that_are_not_the_kinds_are_refused(env, facts):
    with pytest.raises(ValueError, match="message"), transaction.atomic():
        _post(env, facts=facts)


def test_an_unknown_channel_is_refused(env):
    with pytest.raises(ValueError, match="pigeon"), transaction.atomic():
        _post(env, facts={}, channel="pigeon")


def test_a_code_without_a_deadline_is_kept_out_by_the_database_itself(env):
    facts = {"code": Digits("1"), "purpose": "apply", "asked_at": "x"}
    with pytest.raises(IntegrityError), transaction.atomic():
        _post(env, facts=facts, expires_at=None)
    assert Outbox.objects.count() == 0


@pytest.mark.parametrize(
    "change",
    [
        {"state": "lost"},
        {"state": "sent"},
        {"state": "sending"},
        {"claim_until": "2026-11-20T02:00Z"},
        {"facts_sealed": None},
        {"attempts": -1},
        {"channel": "fax"},
        {"kind": "newsletter"},
        {"state": "dead"},
    ],
)
def test_a_row_that_contradicts_itself_is_kept_out_by_the_database(env, change):
    message = post_code(env)
    with pytest.raises(IntegrityError), transaction.atomic():
        Outbox.objects.filter(id=message).update(**change)


def test_old_finished_messages_are_forgotten_and_unfinished_ones_are_not(env):
    from cinnabar.messages.deliver import tick

    old = post_change(env, key="old")
    tick(env, {"email": Shelf()})
    waiting = post_change(env, key="waiting")
    env.clock.move(timedelta(days=100))
    young = post_change(env, key="young")
    assert forget_before(env.clock.now() - timedelta(days=90)) == 1
    assert set(Outbox.objects.values_list("id", flat=True)) == {waiting, young} != {old}


def _act_and_fail(env):
    with transaction.atomic():
        post_code(env)
        raise _BusinessFailedError


def _post(env, *, facts, channel="sms", **more):
    deadline = {"expires_at": env.clock.now() + timedelta(seconds=300), **more}
    return post(
        env,
        kind=Kind.CODE,
        customer_id=1,
        subject=MING,
        channel=channel,
        to=PHONE,
        language="en",
        facts=facts,
        key="k",
        **deadline,
    )

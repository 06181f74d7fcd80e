"""Metrics: the doctor's facts as numbers, on a listener of this machine only."""

import urllib.request
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from prometheus_client.parser import text_string_to_metric_families

from cinnabar.certificates.models import Certificate
from cinnabar.certificates.presigning import presign
from cinnabar.certificates.publishing import publish
from cinnabar.codes.actions.ask import ask
from cinnabar.codes.actions.spend import attempt
from cinnabar.codes.errand import Errand
from cinnabar.config.metrics import Facts, address, serve
from cinnabar.config.options import Options
from cinnabar.config.work import Chore, Worker
from cinnabar.journal import sequencer
from cinnabar.journal.notary import create_notary, load_notary
from cinnabar.kernel.refusal import Refused
from cinnabar.kernel.secrets import Digits, Password
from tests.support.authority import AwaySigner
from tests.support.centre import Customer
from tests.support.installation import free_port
from tests.support.lists import lists, written
from tests.support.people import visit
from tests.support.signing import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def options(env):
    return Options.read({"CINNABAR_DATA": str(env.signer.places.data)})


@pytest.fixture
def read(env, options):
    """Return a function that gathers and gives values by name and labels."""

    def run(world=None):
        found = Facts(options, world or env, dict).collect()
        return {
            (sample.name, *sample.labels.values()): sample.value
            for family in found
            for sample in family.samples
        }

    return run


def test_lists_answers_and_the_ca_tell_how_long_they_hold(env, clock, ming, read):
    written(env, ming.id)
    publish(env)
    presign(env)
    clock.move(seconds=100)
    told = read()
    for name, crl in lists().items():
        left = (crl.next_update_utc - clock.now()).total_seconds()
        assert told["crl_seconds_to_expiry", name] == left
        assert told["crl_unseen_seconds", name] == 100
    answered = env.firm.status.ocsp_validity.total_seconds() - 100
    assert told["ocsp_oldest_answer_seconds_to_expiry",] == answered
    ends = env.signer.authority().issuing_not_after
    left = (ends - clock.now()).total_seconds()
    assert told["certificate_authority_seconds_to_expiry", "issuing-1"] == left
    names = {k[1] for k in told if k[0] == "certificate_authority_seconds_to_expiry"}
    assert names == {"root", "issuing-1", "ocsp-1", "mail", "root-list"}


def test_what_ended_long_ago_is_negative(env, clock, read):
    publish(env)
    clock.move(env.firm.status.crl_validity + timedelta(seconds=1))
    told = read()
    assert {v for k, v in told.items() if k[0] == "crl_seconds_to_expiry"} >= {-1}


def test_the_backlog_and_the_journal_tell_what_waits_and_since_when(
    env, clock, ming, options, read
):
    Customer(env, visit(env, ming)).apply()
    clock.move(seconds=30)
    told = read()
    assert told["outbox_waiting", "sms"] + told["outbox_waiting", "email"] >= 2
    assert told["outbox_oldest_seconds", "email"] == 30
    assert told["journal_unsealed_oldest_seconds",] == 30
    assert ("journal_checkpoint_age_seconds",) not in told
    key = options.data / "secrets" / "journal.key"
    create_notary(key, name="127.0.0.1/journal", dice=env.dice)
    sequencer.tick(env, load_notary(key), options.data / "checkpoints.log")
    clock.move(seconds=5)
    told = read()
    assert told["journal_checkpoint_age_seconds",] == 5
    assert told["journal_unsealed_entries",] == 0


def test_a_certificate_left_open_and_a_signer_that_is_away_are_told(env, clock, ming, read):
    written(env, ming.id, state="issuing", revoked_at=None)
    clock.move(seconds=50)
    told = read(replace(env, signer=AwaySigner(env.signer)))
    assert told["signer_up",] == 0
    assert (told["certificates_open",], told["certificates_open_oldest_seconds",]) == (1, 50)


def test_a_part_that_cannot_be_read_does_not_hide_the_others(options, read):
    (options.data / "ca" / "root.crt").write_text("")
    told = read()
    assert told["scrape_parts_failed",] == 1
    assert ("outbox_waiting", "sms") in told


def test_a_scrape_asks_the_database_as_often_however_much_there_is(
    env, ming, read, django_assert_max_num_queries
):
    publish(env)
    with django_assert_max_num_queries(12) as few:
        read()
    for _ in range(60):
        written(env, ming.id)
    publish(env)
    presign(env)
    with django_assert_max_num_queries(len(few.captured_queries) + 1):
        read()
    assert Certificate.objects.count() == 60
    assert connection.is_usable()


@contextmanager
def served(env, options, rounds):
    port = free_port()
    close = serve(address(f"127.0.0.1:{port}"), options, env, rounds)
    try:
        yield f"http://127.0.0.1:{port}/metrics"
    finally:
        close()


@pytest.mark.django_db(transaction=True)
def test_a_scrape_over_http_is_the_text_format_with_the_workers_rounds(env, options, tmp_path):
    publish(env)
    worker = Worker([Chore(name="mail", every=1, tick=lambda: False)], tmp_path / "alive")
    with served(env, options, worker.rounds) as url, urllib.request.urlopen(url) as reply:
        text = reply.read().decode()
        assert reply.headers["Content-Type"].startswith("text/plain")
    families = {family.name: family for family in text_string_to_metric_families(text)}
    assert families["crl_seconds_to_expiry"].type == "gauge"
    (rounds,) = families["worker_rounds"].samples
    assert (rounds.name, rounds.labels) == ("worker_rounds_total", {"chore": "mail"})


@pytest.mark.parametrize("wrong", ["0.0.0.0:9464", "192.0.2.7:9464", "here", ":0", "127.0.0.1:x"])
def test_metrics_are_served_on_this_machine_only(wrong):
    with pytest.raises(ValueError, match=r"^--metrics is .*127\.0\.0\.1:9464"):
        address(wrong)


@pytest.mark.parametrize("right", ["127.0.0.1:9464", "[::1]:9464", ":9464"])
def test_an_address_of_this_machine_is_taken(right):
    assert address(right).port == 9464


def test_the_guard_tells_wrong_tries_locks_and_alarms(env, ming, read):
    """LCK-04, LCK-08."""
    for _ in range(env.firm.login.max_wrong):
        with pytest.raises(Refused):
            sign_in(env, "A123456789", Password("demo9999"), address="203.0.113.7")
    told = read()
    assert told["guard_wrong_today", "sign-in"] == env.firm.login.max_wrong
    assert told["guard_wrong_today", "claim"] == told["guard_wrong_today", "voice"] == 0
    assert (told["guard_locked_today",], told["guard_alarms_today",]) == (1, 0)
    strict = replace(env.firm.guard, locks_alarm_at=2)
    world = replace(env, firm=replace(env.firm, guard=strict))
    for _ in range(env.firm.login.max_wrong):
        with pytest.raises(Refused):
            sign_in(world, "B223456782", Password("demo9999"), address="203.0.113.7")
    assert (read()["guard_locked_today",], read()["guard_alarms_today",]) == (2, 1)


def test_wrong_codes_and_sms_are_counted(env, ming, read):
    """COD-10."""
    before = read()
    assert (before["code_wrong_today",], before["sms_codes_this_hour",]) == (0, 0)
    errand = Errand(
        customer_id=ming.id,
        subject=ming.subject,
        purpose="sign-in",
        flow="half",
        target="visit",
        channel="web",
        only=frozenset({"sms"}),
    )
    env.dice.load("555555")
    ask(env, errand)
    attempt(env, errand, Digits("000000"), address="203.0.113.7")
    after = read()
    assert (after["code_wrong_today",], after["sms_codes_this_hour",]) == (1, 1)

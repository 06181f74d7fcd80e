"""`cinnabar doctor`: each bad state has its line, its level and its next step."""

import json
import os
import shutil
from dataclasses import replace
from datetime import timedelta
from typing import NamedTuple

import pytest
from click.testing import CliRunner
from django.db import connection, transaction

from cinnabar.certificates.models import Certificate, PublishedCrl
from cinnabar.certificates.presigning import presign
from cinnabar.certificates.publishing import publish
from cinnabar.cli.doctor import command
from cinnabar.config.doctor import examine
from cinnabar.config.options import Options
from cinnabar.firm import load_firm
from cinnabar.journal import alarms, sequencer
from cinnabar.journal.models import Checkpoint
from cinnabar.journal.notary import create_notary, load_notary
from cinnabar.limits.guard import Door
from cinnabar.messages.models import Outbox
from tests.support.authority import AwaySigner
from tests.support.centre import Customer
from tests.support.leaked import Leaked, Unreadable
from tests.support.lists import written
from tests.support.people import visit
from tests.support.rollover import signer_of_two

pytestmark = pytest.mark.django_db

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


class Room(NamedTuple):
    """A disk, as the system tells of it."""

    total: int
    free: int


@pytest.fixture
def at_home(env, ming):
    return Customer(env, visit(env, ming))


@pytest.fixture
def data(env):
    """The data directory of the CA of this test."""
    return env.signer.places.data


@pytest.fixture
def well(env, clock, data):
    """Return a function that does what worker and signer do each second."""
    key = data / "secrets" / "journal.key"
    create_notary(key, name="127.0.0.1/journal", dice=env.dice)

    def run():
        publish(env)
        presign(env)
        PublishedCrl.objects.update(seen_at=clock.now())
        sequencer.tick(env, load_notary(key), data / "checkpoints.log")
        alive = data / "worker.alive"
        alive.touch()
        os.utime(alive, (clock.now().timestamp(),) * 2)

    run()
    return run


@pytest.fixture
def told(env, data, well):
    """Return a function that examines and gives what is told of one thing."""

    def run(name, world=None, mode="production"):
        options = Options.read({"CINNABAR_DATA": str(data), "CINNABAR_MODE": mode})
        (found,) = [c for c in examine(options, world or env) if c.name == name]
        return found.level, found.says, found.next

    return run


def test_of_a_healthy_installation_every_line_is_ok_and_needs_nothing(env, data, told):
    shutil.rmtree(data / "offline")
    options = Options.read({"CINNABAR_DATA": str(data)})
    checks = examine(options, replace(env, breached=Leaked.of()))
    assert [(c.name, c.says) for c in checks if c.level != "ok"] == []
    assert [c.name for c in checks if c.next] == []
    assert len({c.name for c in checks}) == len(checks) >= 17


def test_a_worker_that_stands_still_is_bad(clock, told):
    clock.move(seconds=11)
    level, says, step = told("worker")
    assert (level, says) == ("bad", "came round 11 seconds ago")
    assert "cinnabar worker" in step


def test_a_worker_that_never_ran_is_bad(data, told):
    (data / "worker.alive").unlink()
    assert told("worker")[0] == "bad"


def test_a_signer_that_does_not_answer_is_bad(env, told):
    level, _, step = told("signer", replace(env, signer=AwaySigner(env.signer)))
    assert (level, step) == ("bad", "Start it: `cinnabar signer`.")


@pytest.mark.parametrize(
    ("name", "moved", "told_as"),
    [
        ("ocsp-1", 300 * DAY, ("warn", "cinnabar signer")),
        ("ocsp-1", 385 * DAY, ("bad", "cinnabar signer")),
        ("mail", 385 * DAY, ("bad", "cinnabar signer")),
        ("root-list", 310 * DAY, ("warn", "cinnabar ca root-crl")),
        ("root-list", 370 * DAY, ("bad", "cinnabar ca root-crl")),
        ("issuing-1", 3652 * DAY - 500 * DAY, ("warn", "cinnabar ca request")),
        ("issuing-1", 3652 * DAY - 100 * DAY, ("bad", "cinnabar ca request")),
        ("root", 7305 * DAY - 900 * DAY, ("warn", "next root")),
        ("root", 7305 * DAY + DAY, ("bad", "next root")),
    ],
)
def test_what_of_the_ca_will_end_is_named_in_time(clock, told, name, moved, told_as):
    clock.move(moved - 19 * DAY)  # the CA of the tests is that old
    level, says, step = told(name)
    assert "UTC" in says
    assert (level, told_as[1] in step) == (told_as[0], True)


def test_an_older_generation_may_end_when_there_is_a_newer_one(env, clock, data, well, told):
    env.signer.close()
    two = signer_of_two(env.firm, clock)
    shutil.copytree(two.places.data, data, dirs_exist_ok=True)
    clock.move(3652 * DAY - 100 * DAY)
    assert told("issuing-1")[0] == "ok"
    assert told("issuing-2")[0] == "bad"


@pytest.mark.parametrize("name", ["full lists", "delta lists"])
def test_lists_that_are_not_signed_again_are_told_before_they_end(env, clock, told, name):
    policy = env.firm.status
    validity = policy.crl_validity if name == "full lists" else policy.crl_cadence
    clock.move(validity / 2 + MINUTE)
    assert told(name)[0] == "warn"
    clock.move(validity / 4)
    level, says, step = told(name)
    assert level == "bad"
    assert "holds until" in says
    assert "cinnabar worker" in step
    clock.move(validity)
    assert "ended" in told(name)[1]


def test_without_any_list_it_is_bad(told):
    PublishedCrl.objects.all().delete()
    assert told("full lists")[:2] == ("bad", "none was ever published")


def test_a_list_that_is_not_served_is_named_with_its_address(env, clock, told):
    row = PublishedCrl.objects.first()
    PublishedCrl.objects.filter(pk=row.pk).update(seen_at=None)
    assert told("lists as served")[0] == "ok", "it may be on its way"
    clock.move(6 * MINUTE)
    level, says, step = told("lists as served")
    assert (level, row.name in says) == ("warn", True)
    assert f"{env.base_url}/crl/{row.name}.crl" in step


def test_answers_that_age_are_told(env, clock, ming, well, told):
    written(env, ming.id)
    well()
    clock.move(env.firm.status.ocsp_validity * 6 / 7)
    assert told("OCSP answers")[0] == "warn"
    clock.move(env.firm.status.ocsp_validity)
    assert told("OCSP answers")[0] == "bad"


def test_entries_that_nobody_seals_are_told(env, clock, ming, well, told):
    visit(env, ming)
    clock.move(2 * MINUTE)
    assert told("journal")[0] == "warn"
    clock.move(10 * MINUTE)
    assert told("journal")[0] == "bad"
    well()
    Checkpoint.objects.all().delete()
    level, says, _ = told("journal")
    assert (level, "no checkpoint was signed yet" in says) == ("warn", True)


def test_a_certificate_left_half_issued_is_told(env, clock, ming, told):
    written(env, ming.id, state="issuing", revoked_at=None)
    assert told("open intentions")[:2] == (
        "ok",
        "1 certificates are being issued, the first for 0 seconds",
    )
    clock.move(6 * MINUTE)
    level, _, step = told("open intentions")
    assert (level, "cinnabar ca resume" in step) == ("warn", True)
    clock.move(HOUR)
    assert told("open intentions")[0] == "bad"


def test_messages_that_do_not_leave_are_told_by_channel(env, clock, at_home, told):
    at_home.apply()
    clock.move(11 * MINUTE)
    waiting = Outbox.objects.filter(state="waiting", channel="email")
    assert waiting.exists()
    assert told("outbox email")[0] == "warn"
    clock.move(HOUR)
    assert told("outbox email")[0] == "bad"
    waiting.filter(kind="code").delete()
    assert waiting.update(state="dead")
    level, says, step = told("outbox email")
    assert (level, "given up" in says) == ("warn", True)
    assert "cinnabar messages requeue" in step


def test_a_clock_behind_the_records_is_bad(clock, told):
    clock.move(seconds=-600)
    level, says, _ = told("clock")
    assert (level, says) == ("bad", "it is 10 minutes behind what was written here before")


def test_a_ledger_that_was_changed_is_bad(env, ming, at_home, data, told):
    at_home.apply()
    path = data / "signer" / "ledger.log"
    path.write_text(path.read_text().replace("certificate", "certificatf", 1))
    level, says, step = told("ledger")
    assert (level, "altered" in says) == ("bad", True)
    assert "backup" in step


def test_a_disk_that_is_nearly_full_is_told(monkeypatch, told):
    gigabyte = 1 << 30
    for free, level in ((50, "ok"), (9, "warn"), (1, "bad")):
        room = Room(total=100 * gigabyte, free=free * gigabyte)
        monkeypatch.setattr("shutil.disk_usage", lambda _, room=room: room)
        assert told("disk")[0] == level


def test_a_secret_that_others_can_read_is_named_with_the_command(data, told):
    key = data / "secrets" / "journal.key"
    key.chmod(0o640)
    level, says, step = told("secrets")
    assert (level, str(key) in says) == ("bad", True)
    assert f"chmod 600 {key}" in step


def test_a_roots_key_left_on_the_machine_is_told_in_production_only(data, told):
    assert (data / "offline" / "root.key").exists()
    assert told("secrets")[0] == "warn"
    assert told("secrets", mode="demo")[0] == "ok"


def test_missing_changes_of_the_database_are_told_with_the_command(told):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'certificates' AND id > 0")
    level, says, step = told("database")
    assert (level, "certificates" in says) == ("bad", True)
    assert "cinnabar prepare" in step


def test_without_its_tables_everything_else_is_still_told(env, data, told):
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE certificates_publishedcrl RENAME TO gone")
    options = Options.read({"CINNABAR_DATA": str(data)})
    levels = {c.name: c.level for c in examine(options, env)}
    assert levels["lists"] == "bad"
    assert levels["signer"] == "ok"


def test_the_command_says_a_line_for_each_and_ends_with_the_worst(
    env, clock, data, well, monkeypatch
):
    options = Options.read({"CINNABAR_DATA": str(data)})
    monkeypatch.setattr("cinnabar.cli.doctor.ready", lambda: options)
    here = replace(env, breached=Leaked.of())
    monkeypatch.setattr("cinnabar.cli.doctor.world", lambda: here)
    run = CliRunner()
    found = run.invoke(command)
    assert found.exit_code == 1, "the root's key lies there"
    assert "ok    signer: answers.\n" in found.output
    shutil.rmtree(data / "offline")
    assert run.invoke(command).exit_code == 0
    clock.move(seconds=20)
    read = run.invoke(command, ["--json"])
    told = json.loads(read.output)
    assert (read.exit_code, told["level"]) == (2, "bad")
    (worker,) = [c for c in told["checks"] if c["name"] == "worker"]
    assert (worker["level"], "cinnabar worker" in worker["next"]) == ("bad", True)
    assert Certificate.objects.count() == 0


def test_a_rule_about_leaked_passwords_without_their_list_is_told(env, told):
    """PWD-05."""
    strong = replace(env, firm=replace(env.firm, password=load_firm("strong").password))
    level, _, step = told("leaked passwords", strong)
    assert (level, "CINNABAR_BREACHED_PASSWORDS" in step) == ("warn", True)
    assert told("leaked passwords", strong, mode="demo")[0] == "ok"
    assert told("leaked passwords", replace(strong, breached=Leaked.of()))[0] == "ok"
    assert told("leaked passwords", replace(strong, breached=Unreadable()))[0] == "bad"
    taiwan = replace(env, firm=replace(env.firm, password=load_firm("taiwan").password))
    assert told("leaked passwords", taiwan) == ("ok", "your rules ask for no list", "")


def test_who_guesses_at_many_accounts_is_told(env, told):
    """LCK-04, LCK-08."""
    assert told("guard") == ("ok", "0 wrong tries and 0 locked accounts today", "")
    tight = replace(env.firm, guard=replace(env.firm.guard, firm_alarm_at=2))
    watched = replace(env, firm=tight)
    for _ in range(2):
        with transaction.atomic():
            alarms.wrong(watched, Door.CLAIM, "", channel="web")
    level, said, step = told("guard", watched)
    counted = "2 wrong tries and 0 locked accounts today"
    assert (level, said) == ("warn", f"{counted}; marks passed: claim-wrong-firm")
    assert "proxy" in step

"""What an operator sees of push, and says about it: doctor, metrics, command, settings."""

from dataclasses import replace
from datetime import timedelta

import pytest
from click.testing import CliRunner

from cinnabar.cli.push import command
from cinnabar.config.compose import channels, compose
from cinnabar.config.doctor import work
from cinnabar.config.metrics import Facts
from cinnabar.config.options import Options
from cinnabar.messages.models import VapidKey
from cinnabar.messages.push import keys
from cinnabar.messages.push.channel import PushChannel
from tests.support.push import waking
from tests.support.world import RING

LISTED = {"CINNABAR_PUSH": "fcm.googleapis.com  *.push.apple.com"}
WRONG_USE = 2


@pytest.fixture
def env(env):
    return waking(env)


@pytest.fixture
def options(env):
    return Options.read({"CINNABAR_DATA": str(env.signer.places.data), **LISTED})


def told(options, env):
    (found,) = work.push(options, env)
    return found


@pytest.mark.django_db
def test_the_doctor_says_whether_apps_are_woken_and_how_old_the_key_is(env, clock, options):
    off = told(options, replace(env, push_hosts=()))
    assert (off.level, "looks for itself" in off.says) == ("ok", True)
    before = told(options, env)
    assert (before.level, "cinnabar worker" in before.next) == ("warn", True)
    assert keys.upkeep(env)
    assert not keys.upkeep(env), "one key is enough"
    well = told(options, env)
    assert (well.level, well.next) == ("ok", "")
    assert well.says.startswith("0 apps are woken, 0 by an older key")
    clock.move(timedelta(days=731))
    old = told(options, env)
    assert (old.level, "cinnabar push rotate" in old.next) == ("warn", True)


@pytest.mark.django_db
def test_the_metrics_count_subscriptions_and_tell_the_keys_age(env, clock, options):
    def read():
        found = Facts(options, env, dict).collect()
        return {one.name: one.value for family in found for one in family.samples}

    assert "push_key_age_seconds" not in read()
    calm = Facts(options, replace(env, push_hosts=()), dict).collect()
    assert not [one.name for one in calm if one.name.startswith("push")]
    keys.upkeep(env)
    clock.move(seconds=7)
    assert read()["push_key_age_seconds"] == 7
    assert read()["push_subscriptions"] == read()["push_subscriptions_on_older_keys"] == 0


@pytest.mark.django_db(transaction=True)
def test_the_key_is_rotated_at_the_command_line(env, monkeypatch):
    monkeypatch.setattr("cinnabar.cli.push.world", lambda: env)
    first = CliRunner().invoke(command, ["rotate"])
    assert first.output == (
        "A new key is in use. Subscriptions under older keys: 0, still served.\n"
    )
    at_once = CliRunner().invoke(command, ["rotate", "--now"])
    assert (at_once.exit_code, "forgotten" in at_once.output) == (0, True)
    assert VapidKey.objects.get().id == keys.newest(env)
    monkeypatch.setattr("cinnabar.cli.push.world", lambda: replace(env, push_hosts=()))
    refused = CliRunner().invoke(command, ["rotate"])
    assert (refused.exit_code, "CINNABAR_PUSH" in refused.stderr) == (WRONG_USE, True)


def test_only_named_services_are_called_and_a_demo_calls_nobody(tmp_path):
    (tmp_path / "secrets").mkdir()
    RING.save(tmp_path / "secrets" / "keyring.json")

    def composed(**more):
        said = {"CINNABAR_DATA": str(tmp_path), "CINNABAR_SMS": "https://u:p@sms.example/send"}
        options = Options.read({**said, **more})
        made = compose(options)
        return made.push_hosts, channels(options, made)

    hosts, ways = composed(**LISTED)
    assert hosts == ("fcm.googleapis.com", "*.push.apple.com")
    assert isinstance(ways["push"], PushChannel)
    assert [("push" in one[1], one[0]) for one in (composed(),)] == [(False, ())]
    hosts, ways = composed(**LISTED, CINNABAR_MODE="demo")
    assert (hosts, sorted(ways)) == ((), ["email", "sms"])
    with pytest.raises(ValueError, match="CINNABAR_PUSH"):
        composed(CINNABAR_PUSH="https://fcm.googleapis.com")

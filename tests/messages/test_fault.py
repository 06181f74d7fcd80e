"""A worker that is killed again and again: every notice arrives, a repetition is recognisable."""

import dataclasses
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest

from cinnabar.kernel.clock import SystemClock
from cinnabar.messages.kinds import State
from cinnabar.messages.models import Outbox
from tests.messages.support import post_change
from tests.support.place import FIRM
from tests.support.processes import eventually
from tests.support.smtp import SmtpTwin
from tests.support.world import RING

WORKER = """
import dataclasses, pathlib, sys
from datetime import timedelta

import django

django.setup()

from cinnabar.env import Env
from cinnabar.firm import load_firm
from cinnabar.kernel.clock import SystemClock
from cinnabar.kernel.dice import SystemDice
from cinnabar.kernel.vault import Vault, load_keyring
from cinnabar.messages.deliver import tick
from cinnabar.messages.smtp import SmtpChannel, SmtpServer

port, ring, life = int(sys.argv[1]), pathlib.Path(sys.argv[2]), sys.argv[4]
firm = load_firm(sys.argv[3])


class LaterClock(SystemClock):
    '''Each life of the worker begins when the leases of the one before have lapsed.'''

    def now(self):
        return super().now() + timedelta(minutes=2) * int(life)


firm = dataclasses.replace(
    firm, notify=dataclasses.replace(firm.notify, smime_signed=frozenset())
)
env = Env(
    clock=LaterClock(), dice=SystemDice(), vault=Vault(load_keyring(ring), SystemDice()),
    hasher=None, firm=firm, signer=None, base_url="http://127.0.0.1:8000",
)
channel = SmtpChannel(SmtpServer(host="127.0.0.1", port=port))
while True:
    tick(env, {"email": channel}, worker=life)
"""


@pytest.mark.faults
@pytest.mark.django_db(transaction=True)
def test_killed_six_times_every_notice_arrives_and_repetitions_have_the_same_id(env, tmp_path):
    env = dataclasses.replace(env, clock=SystemClock())
    ring = tmp_path / "keyring.json"
    RING.save(ring)
    ids = {post_change(env, key=str(n)) for n in range(70)}
    kills = 6
    with SmtpTwin() as relay:
        for life in range(kills):
            with worker(relay.port, ring, life):
                eventually(partial(_more, relay, len(relay.mails) + life))
        with worker(relay.port, ring, kills):
            eventually(lambda: not Outbox.objects.exclude(state=State.SENT).exists())
    arrived = Counter(mail.message["Message-ID"][1:33] for mail in relay.mails)
    assert arrived.keys() == ids
    assert sum(arrived.values()) - len(ids) <= kills, "at most the one in hand is repeated"


def _more(relay: SmtpTwin, than: int) -> bool:
    return len(relay.mails) > than


@contextmanager
def worker(port: int, ring: Path, life: int) -> Iterator[None]:
    """Run a worker of its own process, and kill it at the end."""
    command = [sys.executable, "-c", WORKER, str(port), str(ring), FIRM, str(life)]
    process = subprocess.Popen(command)
    try:
        yield
    finally:
        process.kill()
        process.wait()

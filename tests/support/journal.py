"""The worker's duty to the journal, and a notary whose checkpoints the pages believe."""

from pathlib import Path

import pytest

from cinnabar.config import compose
from cinnabar.config.demo_people import demo_customers
from cinnabar.env import Env
from cinnabar.faces.web.request import WebOptions
from cinnabar.journal.notary import Notary, create_notary
from cinnabar.journal.sequencer import tick
from cinnabar.kernel.dice import LoadedDice


class Worker:
    """Numbers entries and signs checkpoints when it is told to."""

    def __init__(self, env: Env, folder: Path) -> None:
        self.notary: Notary = create_notary(
            folder / "journal.key", name="cinnabar.example/journal", dice=LoadedDice(1)
        )
        self.vkey = folder / "journal.vkey"
        self._env, self._outside = env, folder / "checkpoints.log"

    def sign(self) -> int | None:
        """Do what the worker does each second; return the size of the checkpoint it signed."""
        return tick(self._env, self.notary, self._outside).checkpoint

    def keys(self) -> tuple:
        return self.notary.keys


@pytest.fixture
def worker(env: Env, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Worker:
    """The worker of an installation whose pages believe its key."""
    made = Worker(env, tmp_path)
    web = WebOptions(is_demo=True, demo=demo_customers(env.firm), journal_keys=made.keys)
    here = compose.World(env=env, web=web)
    monkeypatch.setattr("cinnabar.config.middleware.world", lambda: here)
    return made

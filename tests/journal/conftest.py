from pathlib import Path

import pytest

from cinnabar.env import Env
from cinnabar.journal.notary import create_notary
from tests.journal.support import SEGMENTS, Journal


@pytest.fixture
def journal(env: Env, tmp_path: Path) -> Journal:
    notary = create_notary(tmp_path / "journal.key", name="cinnabar.example/journal", dice=env.dice)
    return Journal(env=env, notary=notary, outside=tmp_path / "checkpoints.log")


@pytest.fixture
def grown(journal, db) -> Journal:
    """Twelve entries under three checkpoints, and two more that wait."""
    journal.grow(*SEGMENTS)
    journal.tell(2)
    return journal

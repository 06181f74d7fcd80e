"""`cinnabar doctor` on the machines that may ask."""

from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from cinnabar.config.doctor import callers as looks
from cinnabar.config.options import Options
from cinnabar.faces.machine import callers
from tests.support import voice_line


@pytest.fixture
def looked(env, tmp_path):
    """Look, and tell what was found by name."""
    options = Options.read({"CINNABAR_DATA": str(tmp_path)})
    return lambda: {check.name: check for check in looks.callers(options, env)}


def let_in(folder, clock, octets):
    callers.write(folder / callers.FILE, [callers.caller("voice-line", octets, clock.now())])


def test_an_installation_without_machines_is_well(looked):
    assert looked()["callers"].says == "no machine may ask"


def test_a_key_does_not_end(looked, tmp_path, clock):
    let_in(tmp_path, clock, voice_line.public_pem(voice_line.ed25519()))
    assert looked().keys() == {"callers"}
    assert looked()["callers"].says == "voice-line may ask"


@pytest.mark.parametrize(("days", "level"), [(31, "ok"), (29, "warn"), (6, "bad"), (-1, "bad")])
def test_a_certificate_that_ends_is_told_in_time(looked, tmp_path, clock, days, level):
    own = voice_line.certificate(voice_line.p256(), since=clock.now(), days=90)
    let_in(tmp_path, clock, own.public_bytes(Encoding.DER))
    clock.move(timedelta(days=90 - days))
    found = looked()["caller voice-line"]
    assert (found.level, bool(found.next)) == (level, level != "ok")


def test_a_damaged_file_is_bad(looked, tmp_path):
    (tmp_path / callers.FILE).write_text("[]")
    assert looked()["callers"].level == "bad"

"""Announcements at the command line."""

import pytest
from click.testing import CliRunner

from cinnabar.announcements.models import Announcement
from cinnabar.cli.announcements import command

FILE = """\
from = 2026-11-20
until = 2026-11-30
audience = "everybody"
importance = "important"
[zh-Hant-TW]
title = "系統維護"
text = "週日凌晨維護。"
[en]
title = "Maintenance"
text = "On Sunday night."
"""


@pytest.fixture
def run(env, db, monkeypatch):
    """Run a command in the world of the test."""
    monkeypatch.setattr("cinnabar.cli.announcements.world", lambda: env)
    return lambda *words: CliRunner().invoke(command, [str(word) for word in words])


@pytest.fixture
def file(tmp_path):
    made = tmp_path / "maintenance.toml"
    made.write_text(FILE)
    return made


def test_an_announcement_is_published_listed_and_withdrawn(env, run, file):
    added = run("add", file)
    number = Announcement.objects.get().pk
    span = env.firm.formats.between(
        env.firm.formats.window,
        *(
            env.firm.local(at)
            for at in Announcement.objects.values_list("shown_from", "shown_until").get()
        ),
    )
    assert added.output == f"{number}: published, {span}\n"
    listed = run("list", "--language", "en").output
    assert listed == f"{number}: shown important, everybody, {span}: Maintenance\n"
    assert run("withdraw", number).output == f"{number}: withdrawn\n"
    assert f"{number}: withdrawn important" in run("list").output


def test_what_cannot_be_done_is_said_in_a_sentence(run, file):
    file.write_text(FILE.replace("everybody", "all"))
    wrong = run("add", file)
    assert (wrong.exit_code, Announcement.objects.exists()) == (2, False)
    assert wrong.output.startswith("cinnabar: line 3: audience is 'all'; accepted: everybody")
    file.write_text(FILE)
    run("add", file)
    twice = run("add", file)
    assert (twice.exit_code, Announcement.objects.count()) == (2, 1)
    assert "published already" in twice.output
    for number in (10**9, 2**63, 0, "x"):
        assert run("withdraw", number).exit_code == 2


def test_the_demos_own_announcements_can_be_published(env, run):
    from importlib.resources import files

    here = files("cinnabar.config").joinpath("demo_notices", env.firm.identity.code)
    for one in here.iterdir():
        assert run("add", one).exit_code == 0
    assert Announcement.objects.count() >= 2

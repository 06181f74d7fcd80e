"""Announcements for tests, as operators write them."""

import pytest

from cinnabar.announcements.actions import publish
from cinnabar.announcements.reading import read_notice

PLAIN = """\
from = 2026-11-20
until = 2026-11-30
audience = "everybody"
importance = "ordinary"

[zh-Hant-TW]
title = "系統維護"
text = "週日凌晨維護。"

[en]
title = "Maintenance"
text = "On Sunday night."
"""


@pytest.fixture
def read(env):
    """Read a file, with some of its lines written otherwise."""

    def reading(*changes: tuple[str, str], plain: str = PLAIN):
        for old, new in changes:
            assert old in plain
            plain = plain.replace(old, new)
        identity = env.firm.identity
        return read_notice(plain.encode(), languages=identity.languages, zone=identity.timezone)

    return reading


@pytest.fixture
def announce(env, db, read):
    """Publish the plain announcement, with some of its lines written otherwise."""

    def announcing(*changes: tuple[str, str]) -> int:
        number = publish(env, read(*changes), by="operator")
        assert number is not None
        return number

    return announcing

"""Templates and the script that brings them to life agree."""

import re
from pathlib import Path

TEMPLATES = Path("src/cinnabar/faces/web/templates")
MAIN = Path("frontend/src/main.ts")
BUTTON = re.compile(r'<button type="button"[^>]*>')
SCRIPT = re.compile(r'{% script "([\w-]+)" %}')


def found(pattern):
    return [
        (page.relative_to(TEMPLATES), match)
        for page in sorted(TEMPLATES.rglob("*.html"))
        for match in pattern.findall(page.read_text(encoding="utf-8"))
    ]


def test_a_button_that_a_script_serves_is_shut_or_hidden_until_it_listens():
    """No press is lost."""
    buttons = found(BUTTON)
    assert len(buttons) > 5
    assert [b for b in buttons if not re.search(r" (disabled|hidden)\b", b[1])] == []


def test_every_part_of_the_script_is_some_pages_and_every_page_has_its_part():
    table = re.search(r"PAGES[^=]*= {(.*?)};", MAIN.read_text(encoding="utf-8"), re.DOTALL)
    entries = table[1].replace('"', "").split(",")
    names = {entry.split(":")[0].strip() for entry in entries if entry.strip()}
    assert names == {name for _, name in found(SCRIPT)}

"""No press is lost: what a script brings to life stands shut until it lives."""

import re
from pathlib import Path

TEMPLATES = Path("src/cinnabar/faces/web/templates")
BUTTON = re.compile(r'<button type="button"[^>]*>')


def test_a_button_that_a_script_serves_is_shut_or_hidden_until_it_listens():
    buttons = [
        f"{page.relative_to(TEMPLATES)}: {button}"
        for page in sorted(TEMPLATES.rglob("*.html"))
        for button in BUTTON.findall(page.read_text(encoding="utf-8"))
    ]
    assert len(buttons) > 5
    assert [b for b in buttons if not re.search(r" (disabled|hidden)\b", b)] == []

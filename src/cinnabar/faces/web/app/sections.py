"""The rows of the app's settings (P181): groups in the firm's order, each row a page it has."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from cinnabar.faces.web.app.bar import SETTINGS
from cinnabar.faces.web.offered import is_offered
from cinnabar.firm.model import Firm

GENERAL = f"{SETTINGS}general/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row: its word (`sections.row.<name>`), where it leads, and whether it destroys."""

    name: str
    href: str
    danger: bool = False


Group: TypeAlias = Sequence[Row]

GROUPS: Mapping[str, Group] = {
    "accounts": (Row(name="primary", href=f"{SETTINGS}account/"),),
    "security": (
        Row(name="password", href="/app/passwords/change/"),
        Row(name="token", href="/app/token/"),
        Row(name="pin", href="/app/device/pin/"),
        Row(name="biometrics", href="/app/biometrics/"),
        Row(name="sessions", href="/app/account/sessions/"),
    ),
    "clear": (Row(name="clear", href="/app/device/clear/", danger=True),),
}
"""By the words of `app.settings`; "general" is the other tab, "sign-out" stands last."""

ALWAYS = ("security", "clear", "general", "sign-out")
"""What an app has that lists no settings of its own: the mobile certificate centre alone."""


def listed(firm: Firm) -> Sequence[str]:
    """Return the groups of a firm's settings, in order."""
    return firm.app.settings or ALWAYS


def groups(firm: Firm) -> list[tuple[str, list[Row]]]:
    """Return the groups of the first tab with the rows that the firm has."""
    found = [(name, _rows(firm, GROUPS[name])) for name in listed(firm) if name in GROUPS]
    return [(name, rows) for name, rows in found if rows]


def _rows(firm: Firm, rows: Group) -> list[Row]:
    off = set() if _changes_password(firm) else {"password"}
    return [row for row in rows if is_offered(firm, row.href) and row.name not in off]


def _changes_password(firm: Firm) -> bool:
    """Tell whether the app changes passwords; one without settings of its own leaves that open."""
    return firm.app.change_password or not firm.app.offered

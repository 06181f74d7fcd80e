"""Tables, panels and menus: what they hold and in which order (matrix 2.10)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Literal, TypeAlias

from cinnabar.firm.faults import FirmFileError, wrong
from cinnabar.firm.part import Part
from cinnabar.firm.shape import About, Unlike

Column: TypeAlias = Literal[
    "id", "serial", "format", "usage", "validity", "status", "window", "action"
]
Row: TypeAlias = Literal["cn", "id", "serial", "valid-from", "valid-to"]
Block: TypeAlias = Literal["table", "authenticate", "limit", "code", "notes", "confirm"]
Entry: TypeAlias = Literal[
    "certificates",
    "import",
    "export",
    "check",
    "revoke",
    "repair",
    "diagnosis",
    "guide",
    "questions",
    "notices",
    "apply",
    "postpone",
    "renew",
    "delete",
    "sign-out",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns(Part):
    """Which columns, rows and blocks there are, in order."""

    server: Annotated[tuple[Column, ...], Unlike(), About("The table of the host.", "P175")]
    local: Annotated[tuple[Column, ...], Unlike(), About("The table of this computer.", "P176")]
    revoke: Annotated[tuple[Column, ...], Unlike(), About("That of the revoking page.", "P175")]
    revoke_page: Annotated[
        tuple[Block, ...], Unlike(6), About("The blocks of the revoking page, in order.", "P244")
    ]
    helper_server: Annotated[
        tuple[Row, ...], Unlike(), About("The helper's panel of the host.", "P177", later="helper")
    ]
    helper_local: Annotated[
        tuple[Row, ...], Unlike(), About("Its panel of the computer.", "P178", later="helper")
    ]
    mobile: Annotated[tuple[Row, ...], Unlike(), About("The panel of the mobile pages.", "P179")]

    def contradictions(self) -> Iterable[FirmFileError]:
        """Refuse tables without a serial, and the two of certificates without an action."""
        for name in ("server", "local", "revoke", "helper_server", "helper_local", "mobile"):
            columns = getattr(self, name)
            if "serial" not in columns:
                yield wrong(name, list(columns), "a list with 'serial' in it")
        for name in ("server", "local"):
            columns = getattr(self, name)
            if "action" not in columns:
                yield wrong(name, list(columns), "a list with 'action' in it")


@dataclass(frozen=True, slots=True, kw_only=True)
class Menus(Part):
    """The functions of each face; a face shows those that the product has."""

    web: Annotated[tuple[Entry, ...], Unlike(), About("The certificate pages.", "P169")]
    helper: Annotated[
        tuple[Entry, ...], Unlike(), About("The desktop helper.", "P170", later="helper")
    ]
    mobile: Annotated[tuple[Entry, ...], Unlike(), About("The mobile pages.", "P171")]

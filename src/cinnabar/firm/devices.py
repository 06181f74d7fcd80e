"""The desktop helper, the mobile pages and the app (from matrix 2.9, 2.10 and 2.15).

Those marked `later` are carried for their own parts of the product: nothing acts on them yet.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Literal, TypeAlias

from cinnabar.firm.faults import FirmFileError, wrong
from cinnabar.firm.part import Part
from cinnabar.firm.shape import About, Between, MaybeText, Only, Template, Text, Unlike

Link: TypeAlias = Literal["forgotten-password", "password-centre"]
Dialogue: TypeAlias = Literal["code", "notes", "consent", "buttons"]
Support: TypeAlias = Literal["telephone", "mail", "hours"]
LoginField: TypeAlias = Literal["account-number", "id-number", "password"]
Setting: TypeAlias = Literal["accounts", "general", "security", "clear", "sign-out"]


@dataclass(frozen=True, slots=True, kw_only=True)
class HelperPolicy(Part):
    """The desktop helper."""

    window_title: Annotated[
        str,
        Template(needs=("product", "version"), may=("banner",)),
        About("Its title.", "P238", later="helper"),
    ]
    pager: Annotated[
        str,
        Template(needs=("i", "n")),
        About("Which of several certificates.", "P166", later="helper"),
    ]
    wait_seconds_low: Annotated[
        int, Between(1, 60), About("How long a download takes at least.", "P164", later="helper")
    ]
    wait_seconds_high: Annotated[
        int, Between(1, 120), About("And at most, as M-WAIT says.", "P164", later="helper")
    ]
    key_store: Annotated[
        Literal["system", "helper"], About("Where keys are kept.", "P165 WEB-02", later="helper")
    ]
    login_links: Annotated[
        tuple[Link, ...], Unlike(0), About("Links under the sign-in.", "P180", later="helper")
    ]
    consent_dialogue: Annotated[
        tuple[Dialogue, ...],
        Unlike(4),
        About("The applying dialogue, in order; one button confirms it.", "P240", later="helper"),
    ]
    renew_done: Annotated[Text, About("What a renewal ends with.", "P239", later="helper")]
    revoke_done: Annotated[
        Text, About("What a revocation ends with; its button applies.", "P151", later="helper")
    ]

    def contradictions(self) -> Iterable[FirmFileError]:
        """Refuse a least wait above the longest."""
        if self.wait_seconds_low > self.wait_seconds_high:
            yield wrong("wait_seconds_low", self.wait_seconds_low, "no more than wait_seconds_high")


@dataclass(frozen=True, slots=True, kw_only=True)
class MobilePolicy(Part):
    """The mobile pages."""

    login: Annotated[Literal["id-and-password"], About("How one signs in there.", "P242")]
    key_store: Annotated[Literal["indexeddb"], About("Where the key is kept.", "P167 CRT-18")]
    delete_revokes: Annotated[
        bool,
        Only(value=True, why="a certificate in force whose key is gone helps nobody but a thief"),
        About("Deleting there revokes at the host.", "P154"),
    ]
    delete_text: Annotated[Text, About("M-MOB-DEL: the question before.", "P153")]
    delete_ok: Annotated[Text, About("Its yes.", "P153")]
    delete_cancel: Annotated[Text, About("Its no.", "P153")]
    postpone_button: Annotated[Text, About("The button for later.", "P168")]
    support: Annotated[tuple[Support, ...], Unlike(), About("What the help block shows.", "P241")]


@dataclass(frozen=True, slots=True, kw_only=True)
class AppPolicy(Part):
    """An app with sign-in and settings of its own; a firm may offer none."""

    offered: Annotated[bool, About("Whether there is one.", "P249")]
    name: Annotated[MaybeText, About("What it is called.", "P249")]
    recommended: Annotated[bool, About("Its sign-in is the recommended one.", "P250")]
    login_fields: Annotated[
        tuple[LoginField, ...],
        Unlike(0),
        About("What its sign-in asks: an identifier of login.id_kinds, the password.", "P251"),
    ]
    settings: Annotated[tuple[Setting, ...], Unlike(0), About("Its settings, in order.", "P181")]
    primary_account: Annotated[bool, About("The customer picks a main account.", "P252")]
    change_password: Annotated[
        bool,
        About("A password is changed there, which suspends biometrics.", "P253"),
    ]
    token_unregistered: Annotated[
        Literal["not-offered", "explain", "hide"],
        About("What the web says of a token not registered yet.", "P254"),
    ]

    def contradictions(self) -> Iterable[FirmFileError]:
        """Refuse an app without a name and settings without an app."""
        for language, name in self.name.items():
            if self.offered != bool(name):
                accepted = "a name" if self.offered else "an empty text when offered is false"
                yield wrong(f"name.{language}", name, accepted)
        if self.settings and not self.offered:
            yield wrong("settings", list(self.settings), "an empty list when offered is false")

"""What is written to a customer, and how (matrix 2.12)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal, TypeAlias

from cinnabar.firm.identity import MAIL
from cinnabar.firm.part import Part
from cinnabar.firm.shape import (
    SAID,
    About,
    Contact,
    MaybeText,
    Only,
    PerLanguage,
    Template,
    Text,
    Unlike,
)

Signed: TypeAlias = Literal[
    "code",
    "code-notice",
    "certificate-changed",
    "pass-code",
    "sign-in-code",
    "reissue-link",
    "reissue-impossible",
    "reset-link",
    "reset-impossible",
    "password-changed",
    "account-notice",
    "password-ends",
    "staff-alert",
]
Greeting: TypeAlias = Annotated[
    Mapping[str, Annotated[str, SAID, Template(may=("name", "account"))]], PerLanguage()
]
Change: TypeAlias = Literal["apply", "renew", "revoke"]


@dataclass(frozen=True, slots=True, kw_only=True)
class NotifyPolicy(Part):
    """Channels, subjects and headings of mails and messages."""

    cert_change_channels: Annotated[
        tuple[Contact, ...],
        Unlike(),
        About("Where a change of a certificate is told, if on file.", "P195 MSG-02"),
    ]
    cert_change_events: Annotated[
        frozenset[Change],
        Unlike(least=3),
        About("Changes that are told: all of them.", "P197 MSG-02"),
    ]
    cert_change_subject: Annotated[Text, About("The subject of that mail.", "P196")]
    cert_change_heading: Annotated[Text, About("Its heading: M-CHANGE-HEAD.", "P196")]
    code_mail_subject: Annotated[Text, About("The subject of the code mail.", "P200")]
    code_mail_heading: Annotated[Text, About("Its heading.", "P200")]
    greeting: Annotated[
        Greeting,
        About(
            "How mails begin; {name} and {account}, where it has them, as masks.greeting says.",
            "P205 MSG-09",
        ),
    ]
    signoff: Annotated[MaybeText, About("How mails end; may be empty.", "P206")]
    no_reply: Annotated[
        bool,
        Only(value=True, why="nobody reads the sender's mailbox"),
        About("Mails say that answers are not read: M-MAIL-NOREPLY.", "P199"),
    ]
    smime_signed: Annotated[
        frozenset[Signed], About("Kinds of mail signed with S/MIME.", "P198 MSG-01")
    ]
    password_change_channels: Annotated[
        tuple[Contact, ...],
        Unlike(least=0),
        About(
            "Where a change of password is told; empty for wherever the customer is reached.",
            "P208 MSG-03",
        ),
    ]
    sign_ins: Annotated[
        Literal["new-device", "every"],
        About("Which sign-ins the customer is told of.", "P208 MSG-03 REG-HK-2"),
    ]
    staff_mail: Annotated[
        str,
        MAIL,
        About(
            "Where the firm's own people are told that a customer needs them at once.",
            "RST-08",
        ),
    ]
    pass_mail_heading: Annotated[Text, About("The heading of the pass code mail.", "P201")]
    reissue_mail_heading: Annotated[Text, About("The heading of the reissue mail.", "P202")]
    reset_mail_subject: Annotated[
        MaybeText,
        About("The subject of the reissue mail; empty for one like its heading.", "P203"),
    ]
    token_mail_subject: Annotated[MaybeText, About("The subject of the soft token's mail.", "P204")]
    push_permission: Annotated[
        Literal["not-offered", "first-start"],
        About("When the app asks to send notices.", "P207"),
    ]

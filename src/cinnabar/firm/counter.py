"""What branch and call centre do for a customer (matrix 2.14)."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Literal, TypeAlias

from cinnabar.firm.part import Part
from cinnabar.firm.shape import About, Lasting, Only, Unlike

Document: TypeAlias = Literal["id-card", "original-seal"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CounterPolicy(Part):
    """Work of staff; carried for the counter's own part of the product."""

    contact_data: Annotated[
        Literal["one-clerk", "four-eyes"],
        About("Who changes a mobile number or mail address.", "P230 STF-02", later="counter"),
    ]
    contact_data_tells_old: Annotated[
        bool, About("The old contact is told.", "P230 COD-13", later="counter")
    ]
    contact_data_cooling: Annotated[
        timedelta,
        Lasting("hours", 0, 168),
        About("How long a new contact gets no codes.", "P230 COD-13", later="counter"),
    ]
    revoke_over_limit: Annotated[
        Literal["one-clerk", "four-eyes"],
        About("Who revokes beyond the online limit.", "P231 STF-02", later="counter"),
    ]
    unlock_by_phone: Annotated[
        Literal["identity-check", "scripted-check"],
        About("What unlocking by telephone asks, once.", "P232 PWD-12", later="counter"),
    ]
    reissue_at_counter: Annotated[
        frozenset[Document],
        Unlike(),
        About("What a customer brings for a new password.", "P233", later="counter"),
    ]
    unconsolidate: Annotated[
        Literal["counter"], About("Where accounts are parted again.", "P234", later="counter")
    ]
    never_sees_secret: Annotated[
        bool,
        Only(value=True, why="no page shows staff a secret (STF-03)"),
        About("Staff never see or choose a secret.", "P235 STF-03", later="counter"),
    ]

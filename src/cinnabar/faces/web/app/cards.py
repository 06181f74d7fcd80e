"""What the app's home tells, and where it leads: one card for each thing a customer has."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from cinnabar.certificates import queries as certificates
from cinnabar.certificates.rules import Act
from cinnabar.faces.web import dates
from cinnabar.faces.web.app.bar import TOKEN
from cinnabar.faces.web.offered import is_offered
from cinnabar.faces.web.request import WebRequest
from cinnabar.flows.visitor import Visitor
from cinnabar.tokens.soft import platform, questions
from cinnabar.tokens.soft import queries as tokens
from cinnabar.tokens.soft.queries import TokenView
from cinnabar.tokens.soft.standing import SUSPENDED

APPROVALS, BIOMETRICS = "/app/approvals/", "/app/biometrics/"
CERTIFICATES, OWN = "/app/certificates/", "/app/account/token/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One card. `title` and `text` are keys of the words; `facts` fill both.

    `tone` "warn" is for what waits for the customer.
    """

    title: str
    text: str
    href: str
    tone: Literal["", "warn"] = ""
    facts: dict[str, object] = field(default_factory=dict)


def approvals(request: WebRequest, visitor: Visitor) -> Card | None:
    """Tell that something waits for an answer on this device, and nothing of what it is.

    What it is the device pulls with its key (docs/flows/approval.md).
    """
    here = tokens.on_device(visitor.customer_id, visitor.device)
    if here is None or here.state != "active" or not here.factor:
        return None
    if not questions.waiting(request.env, visitor.customer_id):
        return None
    return Card(
        title="app.bar.approvals", text="app.card.approvals-waiting", href=APPROVALS, tone="warn"
    )


def biometrics(request: WebRequest, visitor: Visitor) -> Card | None:
    """Tell that biometrics are suspended on this device (P227)."""
    if not request.env.firm.offers_biometrics:
        return None
    here = platform.on_device(request.env, visitor.customer_id, visitor.device)
    if here is None or here.standing.state != SUSPENDED:
        return None
    text = "app.card.biometrics-suspended"
    return Card(title="biometrics.title", text=text, href=BIOMETRICS, tone="warn")


def token(request: WebRequest, visitor: Visitor) -> Card | None:
    """Tell whether the soft token is set up, and what is the matter where it is not well."""
    del request
    mine = [one for one in tokens.mine(visitor.customer_id) if one.factor]
    states = {one.state for one in mine}
    if "active" in states:
        return Card(title="app.card.token", text=_active(mine, visitor), href=OWN)
    # The list says of a suspended one what to do; a locked one is bound anew.
    for state, href in (("suspended", OWN), ("locked", TOKEN)):
        if state in states:
            text = f"app.card.token-{state}"
            return Card(title="app.card.token", text=text, href=href, tone="warn")
    return Card(title="app.card.token", text="app.card.token-none", href=TOKEN, tone="warn")


def _active(mine: Sequence[TokenView], visitor: Visitor) -> str:
    here = any(one.state == "active" and one.device == visitor.device for one in mine)
    return "app.card.token-here" if here else "app.card.token-active"


def certificate(request: WebRequest, visitor: Visitor) -> Card | None:
    """Tell how the customer's mobile certificate stands (G8)."""
    row = certificates.host_row(request.env, visitor)
    if row is None:
        return Card(title="mobile.card", text="mobile.card-none", href=CERTIFICATES)
    facts: dict[str, object] = {"until": dates.panel(request.env, row.not_after)}
    if row.act is Act.RENEW:
        text = "mobile.card-renew"
        return Card(title="mobile.card", text=text, href=CERTIFICATES, tone="warn", facts=facts)
    return Card(title="mobile.card", text="mobile.card-until", href=CERTIFICATES, facts=facts)


CARDS: Sequence[Callable[[WebRequest, Visitor], Card | None]] = (
    approvals,
    biometrics,
    token,
    certificate,
)
"""In the order of the page, what waits first; None where there is nothing to tell."""


def cards(request: WebRequest, visitor: Visitor) -> list[dict[str, object]]:
    """Return the cards as the page shows them; none leads where the firm has no page."""
    made = [make(request, visitor) for make in CARDS]
    return [
        {
            "title": request.words.say(card.title, **card.facts),
            "text": request.words.say(card.text, **card.facts),
            "href": card.href,
            "tone": card.tone,
        }
        for card in made
        if card is not None and is_offered(request.env.firm, card.href)
    ]

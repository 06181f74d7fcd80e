"""A sign-in between its stages: the password was right, the second factor is awaited (P23).

Nothing is open yet. What the flow remembers is who, and which stored password it was: it must
still be that one when the session begins.
"""

from datetime import timedelta

from cinnabar.customers import queries as customers
from cinnabar.env import Env
from cinnabar.flows.actions import steps
from cinnabar.flows.assurance import PASSWORD
from cinnabar.flows.kinds import FlowKind, ProofKind
from cinnabar.flows.queries import FlowView
from cinnabar.flows.visitor import Claimant, Stranger
from cinnabar.login.opening import Entrant
from cinnabar.passwords.due import Due

LIFE = timedelta(minutes=10)
"""Long enough to fetch a phone and ask again, too short to be left lying open."""


def begin(env: Env, stranger: Stranger, entrant: Entrant) -> str:
    """Open the flow, in the caller's transaction; return its name. The visit's earlier one ends."""
    who = (entrant.customer.id, entrant.customer.subject)
    facts = {
        "lock": entrant.index,
        "password": str(entrant.password),
        "reason": entrant.reason.value if entrant.reason else "",
        "agent": entrant.agent,
    }
    flow = steps.open_claim(
        env,
        stranger,
        FlowKind.SIGN_IN,
        customer=who,
        facts=facts,
        proved=ProofKind.PASSWORD,
        life=LIFE,
    )
    return flow.id


def entrant(env: Env, claimant: Claimant, flow: FlowView, factors: frozenset[str]) -> Entrant:
    """Return who may come in once `factors` are proved besides the password."""
    reason = flow.facts["reason"]
    return Entrant(
        customer=customers.view(env, claimant.customer_id),
        index=flow.facts["lock"],
        password=int(flow.facts["password"]),
        address=claimant.address,
        amr=factors | {PASSWORD},
        agent=flow.facts["agent"],
        reason=Due(reason) if reason else None,
        remember=flow.facts.get("remember") == "yes",
        channel=claimant.channel,
    )

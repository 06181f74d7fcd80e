"""What page two of a reissue without a certificate shows, to customers and to nobody (P193)."""

from dataclasses import dataclass, field

from cinnabar.centre import decoys, scope
from cinnabar.centre.decoys import Decoy
from cinnabar.customers import queries as customers
from cinnabar.customers.queries import AccountView
from cinnabar.customers.vocabulary import BusinessLine
from cinnabar.env import Env
from cinnabar.flows import queries as flows
from cinnabar.flows.kinds import FlowKind, FlowState
from cinnabar.flows.queries import FlowView
from cinnabar.flows.visitor import NOBODY, Stranger
from cinnabar.kernel.refusal import Refusal, Refused


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """An account as it may be shown; `account` is its id, `NOBODY` for a decoy."""

    value: str
    line: BusinessLine
    number: str
    account: int = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """The page: who was named, what can be chosen, line by line, and contacts, all masked."""

    masked_id: str
    choices: tuple[Choice, ...]
    mobile: str
    email: str

    @property
    def lines(self) -> tuple[BusinessLine, ...]:
        """Return the business lines that can be chosen."""
        return tuple(dict.fromkeys(choice.line for choice in self.choices))

    def chosen(self, value: str) -> Choice:
        """Return the choice `value` names; raise `Refused(INPUT_MALFORMED)` for any other."""
        for choice in self.choices:
            if choice.value == value:
                return choice
        raise Refused(Refusal.INPUT_MALFORMED, field="account")


def shown(env: Env, stranger: Stranger, flow_id: str) -> Shown:
    """Return the page for a claim of this browser; raise `Refused(FLOW_CLOSED)` for any other."""
    return offered(env, *claimed(env, stranger, flow_id))


def claimed(env: Env, stranger: Stranger, flow_id: str) -> tuple[FlowView, int]:
    """Return the visit's open claim to a reissue, and the customer it fits or `NOBODY`.

    Raises `Refused`: FLOW_CLOSED, and FLOW_OUT_OF_ORDER for one that goes the other way.
    """
    flow, claimant = flows.of_stranger(env, stranger, flow_id, FlowKind.REISSUE)
    if flow.state is not FlowState.OPEN:
        raise Refused(Refusal.FLOW_CLOSED)
    if flow.facts["way"] != "mailed" or flow.target:
        raise Refused(Refusal.FLOW_OUT_OF_ORDER)
    return flow, claimant.customer_id if claimant else NOBODY


def offered(env: Env, flow: FlowView, customer_id: int) -> Shown:
    """Return what `customer_id` has on file, with decoys for what is missing, all masked.

    Decoys are made and rows are read for everybody, so that neither says who is a customer.
    """
    seed = env.vault.mac("decoys", bytes.fromhex(flow.facts["pair"]))
    lines = tuple(BusinessLine(line) for line in env.firm.accounts.lines_reissued)
    policy = env.firm.reissue
    decoy = decoys.of(
        seed,
        lines,
        mobiles=policy.decoy_mobiles,
        length=env.firm.mobiles.length,
        domains=policy.decoy_domains,
    )
    mine = scope.offered(env, customer_id)
    contacts = customers.contacts(env, customer_id)
    if "line" not in env.firm.masks.reissue_without_certificate:
        there = {one.line for one in mine} or set(decoys.held(seed, lines))
        lines = tuple(line for line in lines if line in there)
    return Shown(
        masked_id=flow.facts["masked_id"],
        choices=_choices(env, lines, mine, decoy),
        mobile=env.firm.masks.mobile(contacts.sms or decoy.mobile),
        email=_email(env, contacts.email or decoy.email),
    )


def _choices(
    env: Env, lines: tuple[BusinessLine, ...], mine: tuple[AccountView, ...], decoy: Decoy
) -> tuple[Choice, ...]:
    found = []
    for line in lines:
        accounts = [(one.id, one.number) for one in mine if one.line is line]
        for n, (account, number) in enumerate(accounts or [(NOBODY, decoy.accounts[line])]):
            masked = env.firm.masks.account(number)
            found.append(
                Choice(value=f"{line.value}.{n}", line=line, number=masked, account=account)
            )
    return tuple(found)


def _email(env: Env, email: str) -> str:
    masked = env.firm.masks.email(email)
    return decoys.shown_domain(email, masked, env.firm.reissue.decoy_domains)

"""A claim: who says to be somebody, bound to one browser, whether that is anybody or not."""

import pytest

from cinnabar.flows.actions.decide import claim, require
from cinnabar.flows.actions.steps import open_claim, prove
from cinnabar.flows.kinds import FlowKind, ProofKind
from cinnabar.flows.queries import of_stranger
from cinnabar.flows.visitor import Claimant, Stranger
from cinnabar.journal.models import Entry
from cinnabar.kernel.refusal import Refusal, Refused

HOME = Stranger(visit="a" * 64, address="127.0.0.1")
CAFE = Stranger(visit="b" * 64, address="127.0.0.2")


def begun(env, customer, kind=FlowKind.UNLOCK, **facts: str) -> str:
    whom = (customer.id, customer.subject) if customer else None
    return open_claim(env, HOME, kind, customer=whom, facts=facts).id


def act(env, flow: str, kind: FlowKind) -> None:
    who = of_stranger(env, HOME, flow, kind)[1]
    assert who
    found = claim(env, who, flow)
    assert found
    require(env, who, found)


def test_a_claim_is_one_browsers_and_one_kinds(env, ming):
    flow = begun(env, ming)
    assert of_stranger(env, HOME, flow, FlowKind.UNLOCK)[1].customer_id == ming.id
    for stranger, kind in [(CAFE, FlowKind.UNLOCK), (HOME, FlowKind.REISSUE)]:
        with pytest.raises(Refused) as refused:
            of_stranger(env, stranger, flow, kind)
        assert refused.value.refusal is Refusal.FLOW_CLOSED


def test_nobodys_claim_is_a_flow_that_no_act_can_claim(env, db):
    flow = begun(env, None)
    view, claimant = of_stranger(env, HOME, flow, FlowKind.UNLOCK)
    assert (view.id, claimant) == (flow, None)
    anybody = Claimant(customer_id=1, subject="", session=HOME.visit, address="")
    assert claim(env, anybody, flow) is None


def test_nobodys_claim_leaves_what_somebodys_leaves(env, ming):
    def written(customer) -> list[str]:
        Entry.objects.all().delete()
        begun(env, customer)
        return sorted(Entry.objects.values_list("event", flat=True))

    assert written(ming) == written(None)


@pytest.mark.parametrize(
    ("way", "proofs", "enough"),
    [
        ("", {ProofKind.CERTIFICATE}, True),
        ("", set(), False),
        ("certificate", {ProofKind.CERTIFICATE, ProofKind.CODE}, True),
        ("certificate", {ProofKind.LINK, ProofKind.CODE}, False),
        ("mailed", {ProofKind.LINK, ProofKind.CODE}, True),
        ("mailed", {ProofKind.CERTIFICATE, ProofKind.CODE}, False),
        ("mailed", {ProofKind.LINK}, False),
        ("neither", {ProofKind.LINK, ProofKind.CODE}, False),
    ],
)
def test_what_a_claim_must_have_proved(env, ming, way, proofs, enough):
    kind = FlowKind.REISSUE if way else FlowKind.UNLOCK
    flow = begun(env, ming, kind, way=way)
    for proof in proofs:
        prove(env, flow, proof, target="" if proof is ProofKind.CODE else HOME.visit)
    if enough:
        act(env, flow, kind)
        return
    with pytest.raises(Refused) as refused:
        act(env, flow, kind)
    assert refused.value.refusal is Refusal.FLOW_OUT_OF_ORDER


def test_what_another_browser_proved_counts_for_nothing_here(env, ming):
    flow = begun(env, ming)
    prove(env, flow, ProofKind.CERTIFICATE, target=CAFE.visit)
    with pytest.raises(Refused):
        act(env, flow, FlowKind.UNLOCK)

"""Which proofs an act needs."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cinnabar.firm import load_firm
from cinnabar.flows import rules
from cinnabar.flows.assurance import CERTIFICATE
from cinnabar.flows.kinds import FlowKind, ProofKind
from cinnabar.flows.rules import ProofFact

TAIWAN = load_firm("taiwan")
NOW = datetime(2026, 11, 20, tzinfo=UTC)
PASSWORD = frozenset({"pwd"})


@pytest.mark.parametrize(
    ("kind", "expired", "amr", "needed"),
    [
        (FlowKind.APPLY, False, PASSWORD, True),
        (FlowKind.REVOKE, False, PASSWORD, True),
        (FlowKind.REPORT_LOSS, False, PASSWORD, False),
        (FlowKind.RENEW, False, PASSWORD, False),
        (FlowKind.RENEW, True, PASSWORD, True),
        (FlowKind.RENEW, False, PASSWORD | {CERTIFICATE}, True),
    ],
)
def test_when_a_code_is_needed(kind, expired, amr, needed):
    """P44 to P46, CONFLICT-11."""
    assert rules.code_required(TAIWAN, kind, "web", expired=expired, amr=amr) is needed


def test_a_firm_may_take_the_certificate_twice_and_renew_without_a_code():
    """CRT-10 as the firm's choice: nothing but the code differs."""
    policy = replace(TAIWAN.certificate, code_after_certificate_sign_in=False)
    firm = replace(TAIWAN, certificate=policy)
    amr = PASSWORD | {CERTIFICATE}
    asked = [
        rules.code_required(firm, FlowKind.RENEW, "web", expired=expired, amr=amr)
        for expired in (False, True)
    ]
    assert asked == [False, True]


def test_an_application_needs_four_proofs():
    assert rules.required_proofs(TAIWAN, FlowKind.APPLY, "web", with_code=True) == {
        ProofKind.SIGNED_IN,
        ProofKind.POSSESSION,
        ProofKind.CONSENT,
        ProofKind.CODE,
    }


proofs = st.lists(
    st.builds(
        ProofFact, kind=st.sampled_from(ProofKind), target=st.sampled_from("ab"), at=st.just(NOW)
    )
)


@given(st.frozensets(st.sampled_from(ProofKind)), proofs)
def test_a_proof_counts_for_its_own_target_only(required, found):
    """COD-05."""
    missing = rules.missing_proofs(required, found, target="a", session="a")
    assert missing == {
        k for k in required if not any(p.kind is k and p.target == "a" for p in found)
    }

"""The intention to issue: every proof re-read, every octet to be signed written down (law 6)."""

import base64

from cinnabar.certificates import rows, rules, shares
from cinnabar.certificates.actions.apply import refuse_application, refuse_renewal
from cinnabar.certificates.rows import Intention, Live
from cinnabar.certificates.states import State
from cinnabar.env import Env
from cinnabar.flows.actions.decide import require
from cinnabar.flows.actions.steps import prove
from cinnabar.flows.kinds import FlowKind, ProofKind
from cinnabar.flows.note import note
from cinnabar.flows.queries import FlowView
from cinnabar.flows.rules import code_required
from cinnabar.flows.visitor import Visitor
from cinnabar.journal.events import Event
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.pki.authority import shard_for
from cinnabar.pki.profile import customer_profile
from cinnabar.pki.tbs import customer_tbs


def intend(
    env: Env, visitor: Visitor, flow: FlowView, *, consent: str | None, language: str
) -> Intention:
    """Write down what will be signed for a claimed flow, in the caller's transaction.

    Raises `Refused` when a proof is missing or the certificate may not be issued any more, and
    `IntegrityError` when a constraint of the database says so.
    """
    if "spki" not in flow.facts:
        raise Refused(Refusal.FLOW_OUT_OF_ORDER)
    old = rows.live(visitor.customer_id, visitor.channel)
    _consent(env, visitor, flow, consent, language)
    require(env, visitor, flow, with_code=_with_code(env, visitor, flow, old))
    _refuse(env, visitor, flow, old)
    if not shares.belongs_to(visitor, flow.facts["share"]):
        raise Refused(Refusal.SHARE_GONE)
    certificate = rows.intend(
        _intention(env, visitor, flow, old),
        key_id=flow.facts["key_id"],
        at=env.clock.now(),
    )
    told = {"flow": flow.id, "serial": certificate.serial, "key": flow.facts["key_id"]}
    note(env, visitor, Event.CERTIFICATE_INTENDED, told)
    return certificate


def _with_code(env: Env, visitor: Visitor, flow: FlowView, old: Live | None) -> bool:
    expired = old is not None and old.not_after < env.clock.now()
    return code_required(env.firm, flow.kind, visitor.channel, expired=expired, amr=visitor.amr)


def _refuse(env: Env, visitor: Visitor, flow: FlowView, old: Live | None) -> None:
    """Ask again what was asked when the flow opened: it may have changed since."""
    if flow.kind is FlowKind.APPLY:
        refuse_application(env, visitor, old)
        return
    refuse_renewal(env, old)
    if old is None or old.serial != flow.facts["old"]:
        raise Refused(Refusal.FLOW_CLOSED)


def _consent(
    env: Env, visitor: Visitor, flow: FlowView, version: str | None, language: str
) -> None:
    """Keep which text was agreed to, word for word (CRT-19); an outdated version is none."""
    if version != env.firm.consent.version:
        return
    sha256, now = env.firm.consent.sha256(language), env.clock.now()
    whose = visitor.customer_id, flow.id
    rows.consent((*whose, version, sha256, language, visitor.channel, now))
    prove(env, flow.id, ProofKind.CONSENT, target=flow.target)
    told = {"flow": flow.id, "version": version, "sha256": sha256}
    note(env, visitor, Event.CONSENT_GIVEN, told)


def _intention(env: Env, visitor: Visitor, flow: FlowView, old: Live | None) -> Intention:
    now, policy = env.clock.now().replace(microsecond=0), env.firm.certificate
    renews = old.not_after if old and flow.kind is FlowKind.RENEW else None
    in_date = renews is not None and renews >= now
    serial = env.dice.serial()
    ends = rules.not_after(policy, env.firm.identity.timezone, now, renews=renews)
    authority = env.signer.authority()
    shard = shard_for(now, env.firm.status.crl_shard_days)
    profile = customer_profile(policy, authority, env.base_url, shard)
    tbs = customer_tbs(
        profile,
        serial=serial,
        subject=visitor.subject,
        spki_der=base64.b64decode(flow.facts["spki"]),
        not_before=now - policy.backdate,
        not_after=ends,
    )
    return Intention(
        id=0,
        customer_id=visitor.customer_id,
        subject=visitor.subject,
        channel=visitor.channel,
        serial=f"{serial:032x}",
        # Renewing what has expired counts as a new application (CRT-09, CONFLICT-11).
        act=(FlowKind.RENEW if in_date else FlowKind.APPLY).value,
        state=State.ISSUING,
        generation=authority.generation,
        shard=shard,
        tbs=tbs,
        der=None,
        not_before=now,
        not_after=ends,
        flow=flow.id,
        share=flow.facts["share"],
        replaces=old,
    )

"""Close what was being issued: it never comes into force, and its signature counts as revoked."""

from cinnabar.certificates import rows, shares
from cinnabar.certificates.rows import Intention
from cinnabar.certificates.states import EndReason
from cinnabar.env import Env
from cinnabar.flows.actions.decide import finish_act
from cinnabar.journal.actions import record
from cinnabar.journal.events import Event


def close(env: Env, certificate: Intention, *, why: str) -> bool:
    """Close an open intention in the caller's transaction; False if it was open no more.

    Its share goes with it, so that no key of it can be used, and its flow ends.
    """
    if not rows.close(certificate, EndReason.CESSATION, env.clock.now()):
        return False
    shares.erase(env, certificate.share)
    record(
        env,
        Event.CERTIFICATE_CLOSED,
        subject=certificate.subject,
        by=certificate.subject,
        channel=certificate.channel,
        details={"serial": certificate.serial, "flow": certificate.flow, "why": why},
    )
    finish_act(certificate.flow)
    return True

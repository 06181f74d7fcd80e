"""A valid certificate on the device, shown by a signature, for somebody not signed in (LCK-06)."""

from cinnabar.certificates import challenges
from cinnabar.certificates.actions.check import judged, known_of
from cinnabar.certificates.judging import Line
from cinnabar.certificates.rules import displayed_serial
from cinnabar.env import Env
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.pki.certificate import read_certificate
from cinnabar.pki.cms import read_signature

_NEEDED = frozenset({Line.SIGNATURE_OK, Line.OWN_OK, Line.CHAIN_OK, Line.STATUS_LIVE})
_IN_DATE = frozenset({Line.DATES_OK, Line.DATES_RENEW})


def shown(
    env: Env, claim: challenges.Claim, customer_id: int | None, challenge: str, signature: bytes
) -> str | None:
    """Return the serial, as it is displayed, of the valid certificate that signed `challenge`.

    None for a certificate that is not valid now or not this customer's, and for any at all when
    the claim is nobody's. The challenge is used up first. Raises `Refused`: those of
    `challenges.spend`, SIGNATURE_MALFORMED.
    """
    challenges.spend(env, claim, challenge)
    facts = read_signature(signature, challenges.claim_statement(challenge))
    if facts.certificate_der is None:
        raise Refused(Refusal.SIGNATURE_MALFORMED)
    certificate = read_certificate(facts.certificate_der)
    known = known_of(customer_id, certificate)
    if known is None:
        return None
    lines = frozenset(judged(env, known, certificate, facts, channel=known.channel))
    valid = lines >= _NEEDED and bool(lines & _IN_DATE)
    return displayed_serial(known.serial) if valid else None

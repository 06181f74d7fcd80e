"""Who somebody says to be, before anything is proved: identifier and birth date (P28, P128).

Both are known to many; they name a customer and prove nothing (PWD-12, CONFLICT-6). Whoever
sends a pair of the right shape gets a flow, so that nobody learns whether it fits.
"""

import re
import unicodedata
from datetime import date

from cinnabar.customers import queries as customers
from cinnabar.customers.faults import Unfit
from cinnabar.customers.rules import read_birth_date
from cinnabar.env import Env
from cinnabar.flows.actions import steps
from cinnabar.flows.kinds import FlowKind
from cinnabar.flows.queries import FlowView
from cinnabar.flows.visitor import Stranger
from cinnabar.journal import alarms
from cinnabar.kernel.identifiers import Identifier
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.limits import actions as limits

_LONGEST = 32
_DATE = re.compile(r"[0-9]{8}")


def identify(env: Env, stranger: Stranger, kind: FlowKind, identifier: str, birth: str) -> FlowView:
    """Open a flow of this browser's visit for whoever the pair names, or for nobody.

    The work, the rows and the answer are the same for both. Raises `Refused`:
    IDENTIFIER_MALFORMED, BIRTH_DATE_MALFORMED (arithmetic anybody can do), TOO_MANY_TRIES for an
    address or network that asked too often today, whomever it asked for.
    """
    who, born = env.firm.login.identifier(identifier), read_birth(env, birth)
    alarms.claimed(env, stranger.address, channel=stranger.channel)
    customer = customers.identified(env, who, born)
    facts = {
        "pair": pair(env, who, born),
        "masked_id": env.firm.masks.identifier(who.value),
        "way": "",
    }
    whom = (customer.id, customer.subject) if customer else None
    return steps.open_claim(env, stranger, kind, customer=whom, facts=facts)


def read_birth(env: Env, text: str) -> date:
    """Return the Gregorian day that `text` writes as YYYYMMDD (P28, G18).

    Full-width digits, blanks and the strokes people put between are passed over. A year of the
    Republic has seven digits and is refused, as is a day that is in no calendar or not yet here.
    Raises `Refused(BIRTH_DATE_MALFORMED)`.
    """
    plain = re.sub(r"[\s./-]", "", unicodedata.normalize("NFKC", text[:_LONGEST]))
    if _DATE.fullmatch(plain) is None:
        raise Refused(Refusal.BIRTH_DATE_MALFORMED)
    try:
        return read_birth_date(plain, today=limits.firm_day(env))
    except Unfit:
        raise Refused(Refusal.BIRTH_DATE_MALFORMED) from None


def pair(env: Env, who: Identifier, born: date) -> str:
    """Return the keyed hash, in hex, by which a pair is counted whether or not it fits anybody."""
    named = f"{who.kind}:{who.value}".encode()
    return env.vault.mac("claimed pair", named, born.isoformat().encode()).hex()

"""Mailed secrets that a customer goes on with: a link, or a code to type (P69-P79, RST-01).

The text leaves in one mail; its keyed hash rests. Looking changes nothing, spending is one
conditional UPDATE: what a mail scanner opens, the customer can still use (RST-03).
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from cinnabar.codes.models import Link
from cinnabar.env import Env
from cinnabar.kernel.dice import CROCKFORD
from cinnabar.kernel.secrets import Secret
from cinnabar.statements import run

_OCTETS = 32
_LETTERS = 10
"""Fifty bits, enough with a name and limits beside it (TOK-04 asks 40)."""

_ALIKE = str.maketrans("OIL", "011")
"""Letters that Crockford's alphabet leaves out because they are read as digits."""

_MAKE = """
INSERT INTO codes_link (id, customer_id, purpose, flow, state, asked_at, expires_at)
VALUES (%s, %s, %s, %s, 'open', %s, %s)
"""

_SPEND = """
UPDATE codes_link SET state = 'used' WHERE id = %s AND state = 'open' AND expires_at > %s
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailedLink:
    """Whose it is and what it goes on with."""

    customer_id: int
    flow: str
    asked_at: datetime
    expires_at: datetime


def make(env: Env, customer_id: int, purpose: str, *, flow: str, life: timedelta) -> Secret:
    """Return a fresh secret, in the caller's transaction.

    For a link it has 256 bits, for a code (`link.delivery`) ten characters.
    """
    now = env.clock.now()
    text = (
        env.dice.octets(_OCTETS).hex()
        if env.firm.link.delivery == "hyperlink"
        else env.dice.text(CROCKFORD, _LETTERS)
    )
    run(_MAKE, _mark(env, purpose, text), customer_id, purpose, flow, now, now + life)
    return Secret(text)


def kill(customer_id: int, purpose: str) -> int:
    """End what was mailed to the customer before, in the caller's transaction; tell how many."""
    mailed = Link.objects.filter(customer_id=customer_id, purpose=purpose, state=Link.OPEN)
    return mailed.update(state=Link.DEAD)


def alive(env: Env, customer_id: int, purpose: str) -> MailedLink | None:
    """Return the newest secret of the customer that can still be used, None if there is none."""
    mailed = Link.objects.filter(customer_id=customer_id, purpose=purpose, state=Link.OPEN)
    found = mailed.filter(expires_at__gt=env.clock.now()).order_by("-asked_at").first()
    return None if found is None else _view(found)


def look(env: Env, purpose: str, typed: str) -> MailedLink | None:
    """Return what the text leads to, None if it leads nowhere (any more). Changes nothing."""
    found = Link.objects.filter(
        pk=_mark(env, purpose, _tidied(typed)), state=Link.OPEN, expires_at__gt=env.clock.now()
    ).first()
    return None if found is None else _view(found)


def spend(env: Env, purpose: str, typed: str) -> MailedLink | None:
    """Use the text up, in the caller's transaction; None if it leads nowhere (any more)."""
    mark = _mark(env, purpose, _tidied(typed))
    if run(_SPEND, mark, env.clock.now()) != 1:
        return None
    return _view(Link.objects.get(pk=mark))


def forget_old(env: Env, *, kept: timedelta) -> int:
    """Drop links that ended `kept` ago; return how many rows went."""
    return Link.objects.filter(expires_at__lt=env.clock.now() - kept).delete()[0]


def _view(link: Link) -> MailedLink:
    return MailedLink(
        customer_id=link.customer_id,
        flow=link.flow,
        asked_at=link.asked_at,
        expires_at=link.expires_at,
    )


def _tidied(typed: str) -> str:
    bare = re.sub(r"[\s-]", "", typed)
    return bare.upper().translate(_ALIKE) if len(bare) == _LETTERS else bare.lower()


def _mark(env: Env, purpose: str, text: str) -> str:
    return env.vault.mac("mailed link", purpose.encode(), text.encode()).hex()

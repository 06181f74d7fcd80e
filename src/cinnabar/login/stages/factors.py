"""What a customer can prove himself with beside the password, and why not (P24, P25, COD-14).

Asked only after something was proved: whoever gave the right password, or has signed in. An
outsider never comes here (LCK-03).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from cinnabar.certificates import queries as certificates
from cinnabar.customers import queries as customers
from cinnabar.customers.queries import Contacts
from cinnabar.env import Env
from cinnabar.flows.visitor import Actor, Visitor
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.login.stages.barred import mail_barred
from cinnabar.tokens import queries as passkeys
from cinnabar.tokens import rules
from cinnabar.tokens.soft import holding

_UNREGISTERED = "token-unregistered"


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """A method of the firm: `to` is where a code would go, masked; `why` it cannot be used now.

    `why` is "" for one that can, else a name whose sentence is `second.why.<why>`.
    """

    name: str
    to: str = field(default="", repr=False)
    why: str = ""


def offered(env: Env, actor: Actor) -> tuple[Offered, ...]:
    """Return the firm's methods in its order, each with what this customer has of it."""
    masked = customers.contacts(env, actor.customer_id).masked(env)
    found = (_LOOK[name](env, actor, masked) for name in env.firm.login.second_factor.methods)
    return tuple(one for one in found if one.why not in _hidden(env))


def insist(env: Env, actor: Actor, name: str) -> Offered:
    """Return the method called `name`; raise `Refused(FACTOR_UNAVAILABLE)` if it is not usable."""
    for one in offered(env, actor):
        if one.name == name and not one.why:
            return one
    raise Refused(Refusal.FACTOR_UNAVAILABLE)


def _email(_env: Env, actor: Actor, masked: Contacts) -> Offered:
    if masked.email is None:
        return Offered(name="email", why="no-email")
    # Whoever reads the mail box set the password with it: it is not two things (CONFLICT-2).
    barred = mail_barred(actor.customer_id)
    return Offered(name="email", to=masked.email, why="mail-barred" if barred else "")


def _sms(_env: Env, _actor: Actor, masked: Contacts) -> Offered:
    if masked.sms is None:
        return Offered(name="sms", why="no-sms")
    return Offered(name="sms", to=masked.sms)


def _hidden(env: Env) -> tuple[str, ...]:
    """Return the reasons that the firm does not show: who has no token is not told of any."""
    hides = env.firm.app.token_unregistered == "hide"  # noqa: S105 - a name
    return (_UNREGISTERED,) if hides else ()


def _soft_token(env: Env, actor: Actor, _masked: Contacts) -> Offered:
    for_act = isinstance(actor, Visitor)
    return Offered(name="soft-token", why=holding.why_not(env, actor.customer_id, for_act=for_act))


def _passkey(env: Env, actor: Actor, _masked: Contacts) -> Offered:
    held = rules.offered(env.firm, env.base_url) and passkeys.usable(actor.customer_id)
    return Offered(name="passkey", why="" if held else "no-passkey")


def _certificate(_env: Env, actor: Actor, _masked: Contacts) -> Offered:
    live = certificates.has_live(actor.customer_id, actor.channel)
    return Offered(name="trading-certificate", why="" if live else "no-certificate")


_LOOK: Mapping[str, Callable[[Env, Actor, Contacts], Offered]] = {
    "email": _email,
    "sms": _sms,
    "soft-token": _soft_token,
    "passkey": _passkey,
    "trading-certificate": _certificate,
}

"""Judging a new password of a customer: by its shape, by what others know, by what was before."""

from cinnabar.customers import queries as customers
from cinnabar.env import Env
from cinnabar.kernel.secrets import Password
from cinnabar.passwords import rules, store
from cinnabar.passwords.common import is_common
from cinnabar.passwords.kinds import PasswordKind
from cinnabar.passwords.rules import Own, Rule, Standard


def judge(env: Env, customer_id: int, kind: PasswordKind, password: Password) -> tuple[Rule, ...]:
    """Return the rules of the firm that a new password breaks; none: it may be hashed.

    Earlier passwords are compared only when nothing else is wrong, since that is an Argon2 of
    its own where the firm asks for it; call this outside transactions.
    """
    asked = rules.standard(env.firm.password, kind)
    broken = rules.shape(asked, password)
    broken += rules.own(asked, password, _own(env, customer_id))
    broken += _listed(env, asked, password)
    if not broken and store.used_before(env, customer_id, kind, password):
        return (Rule.USED_BEFORE,)
    return broken


def insist(env: Env, customer_id: int, kind: PasswordKind, password: Password) -> None:
    """Raise `Refused(PASSWORD_REFUSED)`, naming each rule, unless the password breaks none."""
    if broken := judge(env, customer_id, kind, password):
        raise rules.refused(rules.standard(env.firm.password, kind), broken)


def _own(env: Env, customer_id: int) -> Own:
    customer, contacts = customers.view(env, customer_id), customers.contacts(env, customer_id)
    return Own(
        identifier=customer.identifier,
        birth_date=customers.birth_date(env, customer_id),
        phones=(contacts.sms,) if contacts.sms else (),
        accounts=tuple(account.number for account in customers.accounts(customer_id)),
        firm_names=tuple(env.firm.identity.names.values()),
    )


def _listed(env: Env, asked: Standard, password: Password) -> tuple[Rule, ...]:
    common = "common" in asked.blocklist and is_common(password)
    known = env.breached if "breached" in asked.blocklist else None
    breached = known is not None and known.holds(password)
    found = {Rule.COMMON: common, Rule.BREACHED: breached}
    return tuple(rule for rule, listed in found.items() if listed)

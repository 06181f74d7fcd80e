"""Tell the customer and the journal that a certificate changed (P195-P197, MSG-02)."""

from cinnabar.certificates.rules import displayed_serial
from cinnabar.customers import queries as customers
from cinnabar.env import Env
from cinnabar.messages.actions import post
from cinnabar.messages.kinds import Kind


def tell_customer(env: Env, customer_id: int, serial: str, event: str, *, again: str = "") -> None:
    """Post the change notice, in the transaction of the change.

    It goes by the firm's channels; a customer who has none of those on file is told by any
    that he has, for nobody must learn of a change too late (NIST SP 800-63B-4, 4.6). `again`
    names the flow of what may happen to a certificate more than once.
    """
    who = customers.reach(env, customer_id)
    on_file = [(c, to) for c, to in (("email", who.email), ("sms", who.sms)) if to]
    wanted = [(c, to) for c, to in on_file if c in env.firm.notify.cert_change_channels]
    for channel, to in wanted or on_file:
        post(
            env,
            kind=Kind.CERTIFICATE_CHANGED,
            customer_id=customer_id,
            subject=who.subject,
            channel=channel,
            to=to,
            language=who.language,
            facts={
                "event": event,
                "at": env.clock.now().isoformat(),
                "serial": displayed_serial(serial),
            },
            key=":".join(filter(None, ("certificate", serial, event, again, channel))),
            expires_at=None,
        )

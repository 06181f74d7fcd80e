"""The channel: one request to a push service for each message (RFC 8030)."""

from collections.abc import Mapping

from cinnabar.env import Env
from cinnabar.messages.channel import Receipt, RefusedForGoodError, Rendered, TryLaterError
from cinnabar.messages.push import keys, subscriptions, vapid
from cinnabar.messages.push.sealed_body import DRAWN, SALT, key_from, sealed
from cinnabar.messages.push.subscriptions import Opened
from cinnabar.messages.push.wire import Lines, Wire, is_listed

NOTHING = b"{}"
"""What every message says; its length says no more."""

TOPIC = "wake"
"""One for all: of several that wait for a phone that is off the newest is kept (section 5.4)."""

_TAKEN = range(200, 300)
_GONE = {404, 410}
_LATER = {408, 425, 429}
_TROUBLE = range(500, 600)


class PushChannel:
    """The push services of the operator's list."""

    def __init__(self, wire: Wire) -> None:
        """Reach them by `wire`, one connection a host and batch."""
        self._hosts, self._lines = wire.hosts, Lines(wire)
        self._silent: set[str] = set()

    def send(self, env: Env, rendered: Rendered) -> Receipt:
        """Wake one app. `rendered.to` names its subscription; nothing else of it is sent."""
        found = subscriptions.opened(env, rendered.to)
        if found is None:
            reason = "push forgotten"
            raise RefusedForGoodError(reason)
        if not is_listed(found.host, self._hosts):
            reason = "push host not listed"
            raise RefusedForGoodError(reason)
        return self._read(env, found, self._ask(env, found, rendered))

    def close(self) -> None:
        """Hang up; hosts that did not answer have another chance with the next batch."""
        self._lines.close()
        self._silent.clear()

    def _ask(self, env: Env, found: Opened, rendered: Rendered) -> int:
        if found.host in self._silent:
            reason = "push host silent"
            raise TryLaterError(reason)
        ephemeral, salt = key_from(env.dice.octets(DRAWN)), env.dice.octets(SALT)
        body = sealed(NOTHING, found.reader, ephemeral=ephemeral, salt=salt)
        try:
            return self._lines.post(found.endpoint, _headers(env, found, rendered), body)
        except TryLaterError:
            self._silent.add(found.host)
            raise

    def _read(self, env: Env, found: Opened, status: int) -> Receipt:
        if status in _TAKEN:
            subscriptions.used(env, found.id)
            return Receipt()
        reason = f"push {status}"
        if status in _LATER or status in _TROUBLE:
            raise TryLaterError(reason)
        if status in _GONE:
            subscriptions.gone(env, found, reason)
        raise RefusedForGoodError(reason)


def _headers(env: Env, found: Opened, rendered: Rendered) -> Mapping[str, str]:
    now = env.clock.now()
    left = (rendered.expires_at - now).total_seconds() if rendered.expires_at else 0
    contact = f"mailto:{env.firm.identity.service_mail}"
    key = keys.opened(env, found.key)
    return {
        "TTL": str(max(0, int(left))),
        "Urgency": "high",
        "Topic": TOPIC,
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "Authorization": vapid.authorization(key, found.endpoint, contact=contact, now=now),
    }

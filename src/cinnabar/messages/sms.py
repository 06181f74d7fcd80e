"""SMS through an HTTP gateway, in the form of Kannel's sendsms.

The gateway answers `202` with `0: Accepted for delivery` or `3: Queued for later delivery` and
no id, so ours goes out in the address for delivery reports. Redirects and proxies of the
environment are not followed: the request carries a code.
"""

import http.client
import re
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlencode, urlsplit

from cinnabar.env import Env
from cinnabar.kernel.secrets import Secret
from cinnabar.messages.channel import (
    DownError,
    Receipt,
    RefusedForGoodError,
    Rendered,
    TryLaterError,
)
from cinnabar.messages.reports import MASK, report_token
from cinnabar.messages.rules import is_phone_number

_GSM = re.compile(r"[A-Za-z0-9 \r\n@£$¥!\"#%&'()*+,\-./:;<=>?_]*")
_KINDS = {"http": http.client.HTTPConnection, "https": http.client.HTTPSConnection}
_TAKEN = (b"0:", b"3:")
_LONGEST_ANSWER = 1024
_SEPARATORS = str.maketrans("", "", " -().")
_OK = range(200, 300)
_DENIED = {401, 403, 404}
_LATER = {408, 425, 429}
_ERRORS_OF_OURS = range(400, 500)


@dataclass(frozen=True, slots=True, kw_only=True)
class SmsGateway:
    """Where the gateway is and who we are to it.

    `url` may carry `username` and more parameters in its query, but no password: that comes
    apart. `report_url` is where reports reach our machine face; empty for none. Raises
    `ValueError` for an address that is not http or https.
    """

    url: str
    password: Secret
    sender: str = ""
    report_url: str = ""
    timeout: float = 10.0
    extra: tuple[tuple[str, str], ...] = field(init=False)

    def __post_init__(self) -> None:
        """Take the address apart and refuse what is none."""
        parts = urlsplit(self.url)
        query = parse_qsl(parts.query, keep_blank_values=True)
        if parts.scheme not in _KINDS or not parts.hostname:
            msg = "the SMS gateway's address begins with http:// or https:// and names a host"
            raise ValueError(msg)
        if any(name == "password" for name, _ in query):
            msg = "the SMS gateway's password comes from its own file, not from the address"
            raise ValueError(msg)
        object.__setattr__(self, "extra", tuple(query))


class SmsChannel:
    """One gateway."""

    def __init__(self, gateway: SmsGateway) -> None:
        """Speak to `gateway`, one connection a message."""
        self._gateway = gateway

    def send(self, env: Env, rendered: Rendered) -> Receipt:
        """Hand the message over; the answer's first word says whether it was taken.

        A time-out after the request leaves open whether it was: it goes out again, and the
        gateway sees the same id in `dlr-url`.
        """
        number = rendered.to.translate(_SEPARATORS)
        if not is_phone_number(number):
            reason = "not a phone number"
            raise RefusedForGoodError(reason)
        return _read(*self._ask(self._query(env, rendered, number)))

    def close(self) -> None:
        """Nothing to let go of."""

    def _query(self, env: Env, rendered: Rendered, number: str) -> str:
        gateway = self._gateway
        query = [
            *gateway.extra,
            ("password", gateway.password.reveal()),
            ("to", number),
            ("text", rendered.text),
            ("charset", "UTF-8"),
            # 7-bit where the text allows it: 160 characters a part instead of 70.
            ("coding", "0" if _GSM.fullmatch(rendered.text) else "2"),
        ]
        if gateway.sender:
            query.append(("from", gateway.sender))
        if rendered.valid_minutes is not None:
            query.append(("validity", str(rendered.valid_minutes)))
        if gateway.report_url:
            token = report_token(env, rendered.id)
            address = f"{gateway.report_url}?id={rendered.id}&status=%d&token={token}"
            query += [("dlr-mask", str(MASK)), ("dlr-url", address)]
        return urlencode(query)

    def _ask(self, query: str) -> tuple[int, bytes]:
        parts = urlsplit(self._gateway.url)
        kind = _KINDS[parts.scheme]
        connection = kind(parts.hostname or "", parts.port, timeout=self._gateway.timeout)
        try:
            connection.request("GET", f"{parts.path or '/'}?{query}")
            answer = connection.getresponse()
            return answer.status, answer.read(_LONGEST_ANSWER)
        except TimeoutError as problem:
            reason = "gateway timeout"
            raise DownError(reason) from problem
        except (OSError, http.client.HTTPException) as problem:
            reason = f"gateway {type(problem).__name__}"
            raise DownError(reason) from problem
        finally:
            connection.close()


def _read(status: int, body: bytes) -> Receipt:
    if status in _OK and body.lstrip().startswith(_TAKEN):
        return Receipt(provider_ref=body.decode("ascii", "replace").strip()[:40])
    reason = f"gateway {status}"
    if status in _DENIED:
        # Our name, password or path is wrong: no fault of the message, and the next one fares
        # no better.
        raise DownError(reason)
    if status in _ERRORS_OF_OURS and status not in _LATER:
        raise RefusedForGoodError(reason)
    raise TryLaterError(reason)

"""What the app signs as a device, as it comes over HTTP (docs/flows/soft-token-pin.md)."""

from cinnabar.faces.web import visit
from cinnabar.faces.web.inputs import Body, read_body
from cinnabar.faces.web.request import WebRequest
from cinnabar.kernel.canonical import JsonValue
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.tokens.ceremony import Assertion
from cinnabar.tokens.challenges import Bearer
from cinnabar.tokens.soft import proving
from cinnabar.tokens.soft.signed import Signed

_OURS = ("token", "challenge", "pin", "signature")

BIOMETRICS = ("credential", "client_data", "authenticator_data", "assertion")
"""What the device's own key says over a statement, beside it (docs/flows/biometrics.md)."""

_CREDENTIAL, _CLIENT_DATA, _ASSERTION = 1023, 4096, 1024
"""Octets, as of every passkey (views/passkey_sign_in.py)."""

_KEY, _CHALLENGE, _PROOF, _SIGNATURE = 64, 80, 64, 64
"""Characters of a key's name, a challenge and a proof; octets of a signature."""


def bearer(request: WebRequest) -> Bearer:
    """Return whom challenges of this browser are for: the session, else the visit."""
    if request.visitor is not None:
        return proving.bearer(request.visitor.session)
    return proving.bearer(visit.stranger(request).visit)


def signed(request: WebRequest, *fields: str) -> tuple[Signed, dict[str, JsonValue]]:
    """Return a request as a device signed it, and its data: the other `fields`, as they came.

    Raises `Refused` for what has not its shape.
    """
    return _sent(read_body(request, *_OURS, *fields), fields)


def shown(
    request: WebRequest, *fields: str
) -> tuple[Signed, dict[str, JsonValue], Assertion | None]:
    """Return the same, and what the device's own key showed where biometrics stand for the PIN.

    What was shown is no part of the data: it is over them. Raises as `signed` does.
    """
    body = read_body(request, *_OURS, *BIOMETRICS, *fields)
    by_device, data = _sent(body, fields)
    if not any(name in body.fields for name in BIOMETRICS):
        return by_device, data, None
    credential, client_data, authenticator_data, assertion = BIOMETRICS
    answer = Assertion(
        credential=body.octets(credential, most=_CREDENTIAL),
        client_data=body.octets(client_data, most=_CLIENT_DATA),
        authenticator_data=body.octets(authenticator_data, most=_CLIENT_DATA),
        signature=body.octets(assertion, most=_ASSERTION),
    )
    return by_device, data, answer


def _sent(body: Body, fields: tuple[str, ...]) -> tuple[Signed, dict[str, JsonValue]]:
    sent = Signed(
        token=body.text("token", most=_KEY),
        challenge=body.text("challenge", most=_CHALLENGE),
        pin=body.text("pin", most=_PROOF),
        signature=body.octets("signature", most=_SIGNATURE),
    )
    return sent, {name: _plain(name, body.fields[name]) for name in fields if name in body.fields}


def _plain(name: str, value: object) -> JsonValue:
    """Refuse what a statement cannot say: anything but short texts, whole numbers and yes or no."""
    if isinstance(value, str):
        return value
    if value is None or (isinstance(value, int) and abs(value) < 1 << 53):
        return value
    raise Refused(Refusal.INPUT_MALFORMED, field=name)

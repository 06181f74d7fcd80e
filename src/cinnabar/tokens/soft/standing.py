"""Whether a token's biometrics still stand: asked of the rows themselves, at every use (P227).

No way to another password, telephone or device gets round it, for none of them has to say so.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from cinnabar.customers import queries as customers
from cinnabar.env import Env
from cinnabar.firm.token import Cause
from cinnabar.passwords import store
from cinnabar.passwords.kinds import PasswordKind
from cinnabar.tokens.models import Agreement, NewDevice, Passkey, SoftToken

ON, SUSPENDED = "on", "suspended"

COPIED = "copied"
"""A cause that no firm can leave out: the key showed a count that goes back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """What was so when biometrics were switched on.

    `password_at`: when the newest sign-in password was set, None without one. `phone`: a keyed
    hash of the number on file.
    """

    password_at: datetime | None
    phone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """`state` is "" (off), "on" or "suspended"; `why` it is suspended is one of the causes.

    `written`: the row says so as well, it was not only found out now.
    """

    state: str
    why: str = ""
    written: bool = True


def marks(env: Env, customer_id: int) -> Marks:
    """Return what is so now."""
    rows = store.rows(customer_id, PasswordKind.LOGIN)
    phone = customers.reach(env, customer_id).sms or ""
    return Marks(
        password_at=max((row.changed_at for row in rows), default=None),
        phone=env.vault.mac("biometrics phone", phone.encode()).hex(),
    )


def standing(env: Env, token: SoftToken) -> Standing:
    """Return how a token's biometrics stand now, whether or not anybody has written it down."""
    if token.biometrics != ON:
        return Standing(state=token.biometrics, why=token.biometrics_why)
    mine = Passkey.objects.filter(customer_id=token.customer_id, token_id=token.id)
    passkey = mine.filter(stopped_at=None).first()
    agreed = Agreement.objects.filter(passkey=passkey).first()
    if passkey is None or agreed is None:
        return _since(token)
    for cause, happened in _HAPPENED.items():
        if cause in env.firm.token.suspend_biometrics and happened(env, token, passkey, agreed):
            return Standing(state=SUSPENDED, why=cause, written=False)
    return Standing(state=ON)


def _since(token: SoftToken) -> Standing:
    """Return what the row says now: its key may just have been stopped, and why stands there."""
    token.refresh_from_db(fields=["biometrics", "biometrics_why"])
    if token.biometrics == ON:
        return Standing(state="")
    return Standing(state=token.biometrics, why=token.biometrics_why)


def _password(env: Env, token: SoftToken, _passkey: Passkey, agreed: Agreement) -> bool:
    now = marks(env, token.customer_id).password_at
    return now is not None and (agreed.password_at is None or now > agreed.password_at)


def _phone(env: Env, token: SoftToken, _passkey: Passkey, agreed: Agreement) -> bool:
    return marks(env, token.customer_id).phone != agreed.phone


def _device(_env: Env, token: SoftToken, _passkey: Passkey, agreed: Agreement) -> bool:
    """Tell whether he came on another device that was new to him since."""
    came = NewDevice.objects.filter(customer_id=token.customer_id, at__gt=agreed.at)
    return came.exclude(device=token.device).exists()


def _unused(env: Env, _token: SoftToken, passkey: Passkey, _agreed: Agreement) -> bool:
    longest = env.firm.token.unused
    return bool(longest) and env.clock.now() - (passkey.used_at or passkey.made_at) >= longest


_HAPPENED: Mapping[Cause, Callable[[Env, SoftToken, Passkey, Agreement], bool]] = {
    "password-changed": _password,
    "phone-changed": _phone,
    "new-device": _device,
    "unused": _unused,
}

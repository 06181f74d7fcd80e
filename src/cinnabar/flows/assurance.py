"""How sure it is who is there: the factors of a session and what they add up to. Pure.

The names of factors are those of RFC 8176, section 2, where it has one (`amr`); e-mail has none,
since no standard counts it as a factor (COD-15). What they add up to is told as an `acr`.
"""

from enum import IntEnum

PASSWORD = "pwd"  # noqa: S105 - a name
SMS = "sms"
EMAIL = "email"
OTP = "otp"
CERTIFICATE = "swk"
"""A key in software: the trading certificate's, in the browser that holds it."""
PASSKEY, PRESENT, VERIFIED = "pop", "user", "mfa"
"""A passkey's possession, that somebody was there, and that it verified who (FID-02)."""

TOKEN, PIN = "token", "pin"
"""A soft token: the key bound to a device, and its PIN (RFC 8176 has `pin`; what it calls `swk` is
the trading certificate's here, which ends with the certificate)."""

_SECOND = frozenset({SMS, OTP, CERTIFICATE, TOKEN})


class Assurance(IntEnum):
    """From the weakest to the strongest.

    SINGLE: one factor. MAIL: password and e-mail, one level below two factors (CONFLICT-2).
    TWO: two factors. RESISTANT: two of which one cannot be phished (FID-01).
    """

    SINGLE = 0
    MAIL = 1
    TWO = 2
    RESISTANT = 3


_ACR = {
    Assurance.SINGLE: "urn:cinnabar:acr:single",
    Assurance.MAIL: "urn:cinnabar:acr:mail",
    Assurance.TWO: "urn:cinnabar:acr:two",
    Assurance.RESISTANT: "urn:cinnabar:acr:resistant",
}


def assurance(amr: frozenset[str]) -> Assurance:
    """Return what the factors `amr` add up to."""
    passkey = PASSKEY in amr and (PASSWORD in amr or VERIFIED in amr)
    if passkey:
        return Assurance.RESISTANT
    if (PASSWORD in amr and amr & _SECOND) or {TOKEN, PIN} <= amr:
        return Assurance.TWO
    if PASSWORD in amr and EMAIL in amr:
        return Assurance.MAIL
    return Assurance.SINGLE


def acr(amr: frozenset[str]) -> str:
    """Return the name of that level as relying parties are told it (OIDC Core 2, `acr`)."""
    return _ACR[assurance(amr)]

"""Which pages a firm has: what it does not offer is nowhere, in no menu and at no address.

The firm's file says what is offered (`Firm.offers_…`); here is where it lives.
"""

from collections.abc import Callable
from fnmatch import fnmatchcase
from typing import TypeAlias

from cinnabar.faces.web.face import APP, WEB, Face
from cinnabar.firm.model import Firm
from cinnabar.login.soft import bound_device
from cinnabar.tokens import rules as passkeys

Offer: TypeAlias = Callable[[Firm], bool]


def _by_certificate(firm: Firm) -> bool:
    return firm.offers_reissue or firm.offers_unlock


def _exports(firm: Firm) -> bool:
    return firm.offers_certificates and firm.certificate.export == "offered"


def _wakes(firm: Firm) -> bool:
    return firm.offers_token and firm.notify.push_permission != "not-offered"


def _several_passwords(firm: Firm) -> bool:
    return len(firm.accounts.modes) > 1


PLACES: tuple[tuple[str, Offer], ...] = (
    ("/certificates/*", lambda firm: firm.offers_certificates),
    ("/certificates/export/*", _exports),
    ("/computer/*", lambda firm: firm.offers_certificates),
    ("/passwords/claims/*", _by_certificate),
    ("/passwords/reissue/*", lambda firm: firm.offers_reissue),
    ("/passwords/mailed/", lambda firm: firm.offers_reissue),
    ("/passwords/link/", lambda firm: firm.offers_reissue),
    ("/passwords/unlock/*", lambda firm: firm.offers_unlock),
    ("/passwords/voice/*", lambda firm: firm.offers_voice),
    ("/passwords/consolidate/", _several_passwords),
    ("/account/passkeys/*", passkeys.wanted),
    ("/.well-known/passkey-endpoints", passkeys.wanted),
    ("/app/*", lambda firm: firm.offers_app),
    ("/get-app/", lambda firm: firm.offers_app),
    ("/app/approvals/*", lambda firm: firm.offers_token),
    ("/app/biometrics/*", lambda firm: firm.offers_biometrics),
    ("/app/certificates/*", lambda firm: firm.offers_mobile_certificates),
    ("/app/code/*", lambda firm: firm.offers_token),
    ("/app/push/*", _wakes),
    ("/app/sign-in/device", bound_device.offered),
    ("/app/*/device", bound_device.offered),
    ("/app/passwords/consolidate/", _several_passwords),
    ("/app/settings/account/", lambda firm: firm.app.primary_account),
    ("/app/token/*", lambda firm: firm.offers_token),
    ("/app/account/token/*", lambda firm: firm.offers_token),
    ("/account/token/*", lambda firm: firm.offers_token),
    ("*/sign-in/second/*/token/*", lambda firm: firm.offers_token),
    ("*/step-up/*/token/*", lambda firm: firm.offers_token),
    ("/forgotten/*", lambda firm: firm.offers_reset),
    ("/reset/*", lambda firm: bool(firm.reset.starts)),
)
"""Addresses that not every firm has, and which firm does; a star stands for all below."""


def is_offered(firm: Firm, path: str) -> bool:
    """Tell whether `firm` has the page at `path`."""
    return all(offer(firm) for place, offer in PLACES if fnmatchcase(path, place))


def home(firm: Firm, face: Face = WEB) -> str:
    """Return where somebody who has signed in at `face` begins."""
    if face is APP:
        return face.at("/")
    return "/certificates/" if firm.offers_certificates else "/account/"

"""Where the check stands, and how much is asked. Pure (P21, P22, LCK-04)."""

from cinnabar.firm.login import CaptchaPage
from cinnabar.firm.model import Firm

_CENTRE: CaptchaPage = "password-centre"
_SIGN_IN: CaptchaPage = "sign-in"


def asked(firm: Firm, page: CaptchaPage, *, risky: bool) -> bool:
    """Tell whether `page` asks for the check of a visitor who is a risk or none.

    The password centre's own sign-in is one of the sign-ins. A firm whose password pages ask
    `captcha-on-risk` asks on risk everywhere: a check is a hurdle, and most visitors are people.
    """
    places = set(firm.login.captcha_pages)
    here = page in places or (page == _CENTRE and _SIGN_IN in places)
    return here and (risky or not on_risk(firm))


def on_risk(firm: Firm) -> bool:
    """Tell whether the firm asks only those who look like a risk."""
    return "captcha-on-risk" in firm.login.password_centre


def work(firm: Firm, *, risky: bool) -> int:
    """Return up to which number a browser has to count; on average it takes half."""
    return firm.robot.work_at_risk if risky else firm.robot.work

"""The firm: every rule, number, label and text that is a firm's own, in one frozen value."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from cinnabar.firm.accounts import AccountsPolicy
from cinnabar.firm.certificate import CertificatePolicy
from cinnabar.firm.code import CodePolicy
from cinnabar.firm.columns import Columns, Menus
from cinnabar.firm.consent import Consent
from cinnabar.firm.counter import CounterPolicy
from cinnabar.firm.devices import AppPolicy, HelperPolicy, MobilePolicy
from cinnabar.firm.faults import FirmFileError, wrong
from cinnabar.firm.formats import Formats
from cinnabar.firm.identity import Identity
from cinnabar.firm.login import LoginPolicy
from cinnabar.firm.masks import MaskPolicy
from cinnabar.firm.mobiles import MobileNumbers
from cinnabar.firm.notify import NotifyPolicy
from cinnabar.firm.part import Kind, Part, inner_kind, keys_of, members
from cinnabar.firm.password import PasswordPolicy
from cinnabar.firm.recovery import (
    GuardPolicy,
    LinkPolicy,
    LockPolicy,
    PassCodePolicy,
    ReissuePolicy,
    ResetPolicy,
    SignInCodePolicy,
)
from cinnabar.firm.robot import RobotPolicy
from cinnabar.firm.shape import About, PerLanguage
from cinnabar.firm.status import StatusPolicy
from cinnabar.firm.token import TokenPolicy

_EACH = "an entry for each of identity.languages"


@dataclass(frozen=True, slots=True, kw_only=True)
class Firm(Part):
    """One firm file, read and checked."""

    identity: Annotated[Identity, About("Who the firm is.")]
    login: Annotated[LoginPolicy, About("How a customer signs in.")]
    mobiles: Annotated[MobileNumbers, About("What a mobile number looks like.")]
    robot: Annotated[RobotPolicy, About("The check against robots.")]
    code: Annotated[CodePolicy, About("The certificate code.")]
    lock: Annotated[LockPolicy, About("How a lock is lifted.")]
    guard: Annotated[GuardPolicy, About("Limits beyond one account.")]
    password: Annotated[PasswordPolicy, About("The passwords.")]
    accounts: Annotated[AccountsPolicy, About("One password for all accounts, or one each.")]
    reissue: Annotated[ReissuePolicy, About("A new password for a forgotten one.")]
    pass_code: Annotated[PassCodePolicy, About("The temporary pass code of a reissue.")]
    sign_in_code: Annotated[SignInCodePolicy, About("The code of a second factor.")]
    activation_code: Annotated[SignInCodePolicy, About("The code that activates a soft token.")]
    reset: Annotated[ResetPolicy, About("A password by mail.")]
    link: Annotated[LinkPolicy, About("What is mailed to go on with.")]
    certificate: Annotated[CertificatePolicy, About("What a certificate holds and how it lives.")]
    consent: Annotated[Consent, About("What an applicant agrees to.")]
    status: Annotated[StatusPolicy, About("How long answers to relying parties hold.")]
    formats: Annotated[Formats, About("How instants are written.")]
    masks: Annotated[MaskPolicy, About("How much of personal data is shown.")]
    notify: Annotated[NotifyPolicy, About("What is written to a customer.")]
    columns: Annotated[Columns, About("Tables and panels.")]
    menus: Annotated[Menus, About("The functions of each face.")]
    counter: Annotated[CounterPolicy, About("What branch and call centre do.")]
    helper: Annotated[HelperPolicy, About("The desktop helper.")]
    mobile: Annotated[MobilePolicy, About("The mobile pages.")]
    app: Annotated[AppPolicy, About("An app with a sign-in of its own.")]
    token: Annotated[TokenPolicy, About("The soft token in the app, and its PIN.")]
    words: Annotated[
        Mapping[str, Mapping[str, str]],
        PerLanguage(),
        About("Sentences and labels of the catalogue that this firm says its own way."),
    ]

    def local(self, at: datetime) -> datetime:
        """Return the instant `at` as the firm's clocks show it."""
        return at.astimezone(self.identity.timezone)

    @property
    def offers_certificates(self) -> bool:
        """Say whether customers get certificates."""
        return bool(self.certificate.channels)

    @property
    def offers_reissue(self) -> bool:
        """Say whether a forgotten password is made good by what a customer has (密碼補發)."""
        return bool(self.accounts.lines_reissued)

    @property
    def offers_reset(self) -> bool:
        """Say whether a forgotten password is made good by mail."""
        return "forgotten-password" in self.reset.starts

    @property
    def offers_unlock(self) -> bool:
        """Say whether a customer unlocks his sign-in on a page."""
        return self.lock.unlock_online

    @property
    def offers_voice(self) -> bool:
        """Say whether orders are taken by telephone, with a password of their own."""
        return bool(self.identity.voice_line)

    @property
    def offers_mobile_certificates(self) -> bool:
        """Say whether customers get certificates on their phones (行動憑證中心)."""
        return "mobile" in self.certificate.channels

    @property
    def offers_token(self) -> bool:
        """Say whether customers have a soft token (保安編碼器)."""
        return self.app.offered and "soft-token" in self.login.second_factor.methods

    @property
    def offers_biometrics(self) -> bool:
        """Say whether a soft token is opened by the device's biometrics too."""
        return self.offers_token and "biometrics" in self.token.unlock

    @property
    def offers_app(self) -> bool:
        """Say whether there is an app: for the token, for mobile certificates, or both."""
        return self.app.offered or self.offers_mobile_certificates

    def contradictions(self) -> Iterable[FirmFileError]:
        """Refuse a text missing in a language, and parts that do not agree."""
        yield from self._languages()
        yield from self._remedies()
        if self.consent.ca_mode != self.certificate.ca_mode:
            yield wrong("consent.ca_mode", self.consent.ca_mode, "the same as certificate.ca_mode")
        unasked = {*self.certificate.channels} - self.code.required_for_apply
        if unasked:
            accepted = f"every one of certificate.channels ({', '.join(sorted(unasked))} too)"
            yield wrong("code.required_for_apply", sorted(self.code.required_for_apply), accepted)

    def _remedies(self) -> Iterator[FirmFileError]:
        """Refuse help that is promised and not there, and proofs by what nobody has."""
        if self.offers_unlock and not self.offers_certificates:
            accepted = "false without certificate.channels: a certificate is what unlocks"
            yield wrong("lock.unlock_online", value=True, accepted=accepted)
        factors = self.login.second_factor.methods
        if "trading-certificate" in factors and not self.offers_certificates:
            accepted = "none of 'trading-certificate' without certificate.channels"
            yield wrong("login.second_factor.methods", list(factors), accepted)
        if "soft-token" in factors and not self.app.offered:
            accepted = "none of 'soft-token' without app.offered: the app is where it is"
            yield wrong("login.second_factor.methods", list(factors), accepted)
        if not (self.offers_reissue or self.offers_reset):
            accepted = "'forgotten-password' among them where accounts.lines_reissued is empty"
            yield wrong("reset.starts", list(self.reset.starts), accepted)
        for start in self.reissue.decoy_mobiles:
            if not self.mobiles.begins(start):
                accepted = f"the first digits of a mobile, which looks like {self.mobiles.example}"
                yield wrong("reissue.decoy_mobiles", start, accepted)
        there = {"reissue": self.offers_reissue, "reset": self.offers_reset, "counter": True}
        for remedy in self.lock.final_remedy:
            if not there[remedy]:
                accepted = f"a list without '{remedy}', which this file does not offer"
                yield wrong("lock.final_remedy", list(self.lock.final_remedy), accepted)

    def misstated(self) -> Iterator[FirmFileError]:
        """Refuse, of a file that is read, what only restates other keys and does it wrongly.

        Pages that are said to ask another thing than the one sign-in that leads to them.
        """
        steps = self.login.certificate_centre
        if "second-factor" in steps and self.login.second_factor.when != "every-sign-in":
            accepted = "no 'second-factor' unless login.second_factor.when is 'every-sign-in'"
            yield wrong("login.certificate_centre", list(steps), accepted)
        named = "account-number" if "account_no" in self.login.id_kinds else "id-number"
        asked = self.app.login_fields
        if {*asked} - {named, "password"}:
            accepted = f"'{named}' and 'password', as login.id_kinds has it"
            yield wrong("app.login_fields", list(asked), accepted)

    def _languages(self) -> Iterator[FirmFileError]:
        wanted = self.identity.languages
        for key, kind, value in walk(self):
            if kind.mark(PerLanguage) is None or not isinstance(value, Mapping):
                continue
            for language in wanted:
                if language not in value:
                    yield FirmFileError(
                        f"{key}.{language}", "is missing", "a text in each language"
                    )
            for language in value:
                if language not in wanted:
                    yield wrong(f"{key}.{language}", value[language], "only identity.languages")


def walk(part: Part, at: str = "") -> Iterator[tuple[str, Kind, object]]:
    """Yield every key below `part` with its kind and value, tables before what they hold."""
    for key in keys_of(type(part)):
        name = f"{at}.{key.spelling}" if at else key.spelling
        yield from _walk_value(name, key.kind, getattr(part, key.attribute))


def _walk_value(name: str, kind: Kind, value: object) -> Iterator[tuple[str, Kind, object]]:
    yield name, kind, value
    if isinstance(value, Part):
        yield from walk(value, name)
    elif isinstance(value, Mapping):
        for inner, at in members(value, name):
            yield from _walk_value(at, inner_kind(kind), inner)

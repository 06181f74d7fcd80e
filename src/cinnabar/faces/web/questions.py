"""常見問題: what people ask, and what the product says no to, with the way on.

The second kind is drawn from the refusals themselves, so that page and alert say the same. Each
subject has a page of its own, so that however many there are, one comes with the first flight.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase

from cinnabar.faces.web.offered import is_offered
from cinnabar.firm.model import Firm
from cinnabar.kernel.refusal import Refusal
from cinnabar.words import Words

ASKED: Mapping[str, tuple[str, ...]] = {
    "certificate": ("what-it-is", "where-it-is", "who-holds-the-key", "shared-computer"),
    "sign-in": (),
    "password": ("password-forgotten", "password-birth-date", "password-initial"),
    "codes": ("code-missing", "code-asked-for", "number-changed"),
    "apply": ("how-long", "private-window", "data-cleared"),
    "renew": ("renew-early", "renew-missed"),
    "carry": ("other-computer",),
    "revoke": ("computer-lost", "revoke-means"),
    "computer": (),
    "app": (),
    "site": (),
}
"""The subjects in their order, each with its general questions (`questions.<name>.ask` and
`.answer` of the words). A new one is a line here and its title, `questions.subject.<name>`."""

REFUSED: Mapping[str, str] = {
    "receipt-*": "certificate",
    "sign-in-failed": "sign-in",
    "sign-in-over": "sign-in",
    "sign-in-code-wrong": "sign-in",
    "sign-in-code-closed": "sign-in",
    "factor-unavailable": "sign-in",
    "too-many-tries": "sign-in",
    "too-fast": "sign-in",
    "identifier-malformed": "sign-in",
    "signed-out": "sign-in",
    "step-up-needed": "sign-in",
    "approval*": "sign-in",
    "push-host": "sign-in",
    "old-password-wrong": "password",
    "nothing-chosen": "password",
    "already-consolidated": "password",
    "must-change": "password",
    "birth-date-malformed": "password",
    "claim-closed": "password",
    "reset-closed": "password",
    "reissue-*": "password",
    "pass-code-wrong": "password",
    "pass-code-closed": "password",
    "robot-check-*": "sign-in",
    "unlock-*": "sign-in",
    "passkey-none": "sign-in",
    "passkey-not-proved": "sign-in",
    "passkey-stopped": "sign-in",
    "token-*": "app",
    "password-*": "password",
    "link-dead": "password",
    "not-me-dead": "password",
    "no-contact": "codes",
    "code-day-limit": "codes",
    "code-wrong": "codes",
    "code-closed": "codes",
    "code-disabled": "codes",
    "sms-paused": "codes",
    "already-live": "apply",
    "consent-missing": "apply",
    "flow-*": "apply",
    "reapply-blocked": "apply",
    "share-gone": "apply",
    "vault-gone": "app",
    "signing-unavailable": "apply",
    "no-certificate": "renew",
    "renewal-*": "renew",
    "cannot-export": "carry",
    "import-*": "carry",
    "revoke-*": "revoke",
    "challenge-expired": "computer",
    "certificate-not-*": "computer",
    "bound-device-refused": "app",
    "busy": "site",
    "foreign-page": "site",
    "not-found": "site",
    "trouble": "site",
}
"""The subject of each refusal; a star stands for the rest of a name."""

LEFT_OUT: Mapping[str, str] = {
    "input-*": "the pages check their own fields first; only a program sends such a thing",
    "method-not-allowed": "the pages' own buttons never ask so",
    "request-malformed": "the request is made by the page's script, which makes it whole",
    "key-not-accepted": "likewise the key",
    "key-known": "likewise, and anew each time",
    "possession-not-proved": "likewise its proof",
    "signature-malformed": "likewise the signature",
    "delete-signature": "likewise, with the key of the certificate that it shows",
    "*code-too-soon": "the page counts the seconds, and its button waits as long",
    "challenge-unknown": "the page asks for a challenge of its own right before it signs",
    "challenge-used": "likewise, and uses it once",
    "passkey-name": "the field takes no other",
    "passkey-known": "the browser says so itself before anything is sent",
    "passkey-limit": "the page offers no more then",
    "biometrics-*": "met in the app alone, which says it where it happens",
    "export-off": "what a firm does not offer is at no address",
}
"""Refusals that no customer can meet on the pages, and why."""

_CERTIFICATES, _REISSUE = "/certificates/", "/passwords/reissue/"

_ABOUT: Mapping[str, str] = {
    **dict.fromkeys(
        ("certificate", "apply", "renew", "carry", "revoke", "computer"), _CERTIFICATES
    ),
    "app": "/app/",
    **dict.fromkeys(("password-forgotten", "password-birth-date", "password-initial"), _REISSUE),
    "code-missing": _CERTIFICATES,
}
"""The page a subject or question is about, where not every firm has it."""

_MET: Mapping[str, str] = {
    "bound-device-refused": "/app/sign-in/device",
    "birth-date-malformed": "/passwords/claims/",
    "claim-closed": "/passwords/claims/",
    "reissue-*": _REISSUE,
    "reset-*": "/reset/",
    "pass-code-*": _REISSUE,
    "unlock-*": "/passwords/unlock/",
    "approval*": "/app/approvals/",
    "push-host": "/app/push/subscribe",
    "nothing-chosen": "/passwords/consolidate/",
    "already-consolidated": "/passwords/consolidate/",
    "code-day-limit": _CERTIFICATES,
    "code-disabled": _CERTIFICATES,
    "vault-gone": "/app/certificates/",
}
"""The page a refusal is met on, where not every firm has it."""

IN_BROWSER = ("unreachable", "storage", "key")
"""Refusals of the pages' scripts (`js.common.<name>_title` …) that people ask about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question, the paragraphs of its answer, and the name it is linked by."""

    name: str
    ask: str
    answer: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """Questions under one heading, on a page of their own."""

    name: str
    title: str
    questions: tuple[Question, ...]


def subject_of(refusal: Refusal) -> str | None:
    """Return the subject of a refusal; None if no customer can meet it."""
    return next(
        (subject for name, subject in REFUSED.items() if fnmatchcase(refusal.value, name)), None
    )


def link(refusal: Refusal) -> str | None:
    """Return the address of the question that a refusal is answered under, if there is one."""
    subject = subject_of(refusal)
    return f"/questions/{subject}/#{refusal.value}" if subject else None


def subjects(firm: Firm, words: Words) -> tuple[Subject, ...]:
    """Return everything that customers of `firm` ask, by subject."""
    found = (
        Subject(
            name=name,
            title=words.say(f"questions.subject.{name}"),
            questions=tuple(_questions(firm, words, name)),
        )
        for name in ASKED
        if is_offered(firm, _ABOUT.get(name, "/"))
    )
    return tuple(one for one in found if one.questions)


def _questions(firm: Firm, words: Words, subject: str) -> Iterator[Question]:
    for name in ASKED[subject]:
        if not is_offered(firm, _ABOUT.get(name, "/")):
            continue
        ask, answer = (words.say(f"questions.{name}.{part}") for part in ("ask", "answer"))
        yield Question(name=name, ask=ask, answer=(answer,))
    # What differs from case to case is said in general: "a few seconds".
    some = {**words.under("questions.some."), "where": ""}
    for refusal in Refusal:
        if subject_of(refusal) == subject and is_met(firm, refusal):
            title, detail, then = (
                words.say(f"refusals.{refusal.value}.{part}", **some)
                for part in ("title", "detail", "next")
            )
            yield Question(name=refusal.value, ask=title, answer=(detail, then))
    if subject == "computer":
        yield from (_in_browser(words, name) for name in IN_BROWSER)


def is_met(firm: Firm, refusal: Refusal) -> bool:
    """Tell whether a customer of `firm` can meet the refusal."""
    name = refusal.value
    return all(is_offered(firm, at) for mask, at in _MET.items() if fnmatchcase(name, mask))


def _in_browser(words: Words, name: str) -> Question:
    title, detail, then = (
        words.say(f"js.common.{name}_{part}") for part in ("title", "detail", "next")
    )
    return Question(name=name, ask=title, answer=(detail, then))

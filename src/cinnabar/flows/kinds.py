"""The words of flows."""

from enum import StrEnum


class FlowKind(StrEnum):
    """What a flow leads to."""

    APPLY = "apply"
    RENEW = "renew"
    REVOKE = "revoke"
    REPORT_LOSS = "report-loss"
    EXPORT = "export"
    IMPORT = "import"
    REISSUE = "reissue"
    UNLOCK = "unlock"
    RESET = "reset"
    SIGN_IN = "sign-in"
    STEP_UP = "step-up"
    BIND = "bind"


class FlowState(StrEnum):
    """Where a flow stands. ACTING: its act is written down and being carried out."""

    OPEN = "open"
    ACTING = "acting"
    DONE = "done"
    ABANDONED = "abandoned"


class ProofKind(StrEnum):
    """What can be proved in a flow.

    FACTOR: a second factor, whichever it was. PASSKEY: one that verified its owner and stands for
    the password too. PIN: a soft token's was set. REGISTRATION: the code that only its app gets.
    """

    SIGNED_IN = "signed-in"
    POSSESSION = "possession"
    OLD_KEY = "old-key"
    CODE = "code"
    CONSENT = "consent"
    CONFIRMATION = "confirmation"
    IDENTIFIED = "identified"
    CERTIFICATE = "certificate"
    LINK = "link"
    PASSWORD = "password"  # noqa: S105 - a name
    FACTOR = "factor"
    PASSKEY = "passkey"
    PIN = "pin"
    REGISTRATION = "registration"

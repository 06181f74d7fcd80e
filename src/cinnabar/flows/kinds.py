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


class FlowState(StrEnum):
    """Where a flow stands. ACTING: its act is written down and being carried out."""

    OPEN = "open"
    ACTING = "acting"
    DONE = "done"
    ABANDONED = "abandoned"


class ProofKind(StrEnum):
    """What can be proved in a flow."""

    SIGNED_IN = "signed-in"
    POSSESSION = "possession"
    OLD_KEY = "old-key"
    CODE = "code"
    CONSENT = "consent"
    CONFIRMATION = "confirmation"
    IDENTIFIED = "identified"
    CERTIFICATE = "certificate"
    LINK = "link"

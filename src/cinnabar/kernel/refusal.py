"""Refusals have names; faces have words (law 5).

A refusal is said with `raise Refused(Refusal.NAME, fact=value)`. The sentences, per language,
stand in `words/<language>/refusals.toml`; the status codes in `faces/answers.py`. A refusal
never tells an outsider whether a customer, a password or a contact exists (LCK-03).
"""

from collections.abc import Mapping
from enum import StrEnum


class Refusal(StrEnum):
    """Everything the product says no to."""

    # shape of what was sent
    INPUT_MISSING = "input-missing"
    INPUT_MALFORMED = "input-malformed"
    INPUT_TOO_LONG = "input-too-long"
    INPUT_REPEATED = "input-repeated"
    IDENTIFIER_MALFORMED = "identifier-malformed"
    FOREIGN_PAGE = "foreign-page"
    NOT_FOUND = "not-found"
    METHOD_NOT_ALLOWED = "method-not-allowed"
    TROUBLE = "trouble"
    BUSY = "busy"

    # sign-in and sessions
    SIGN_IN_FAILED = "sign-in-failed"
    TOO_MANY_TRIES = "too-many-tries"
    TOO_FAST = "too-fast"
    SIGNED_OUT = "signed-out"
    SIGN_IN_OVER = "sign-in-over"
    FACTOR_UNAVAILABLE = "factor-unavailable"
    SIGN_IN_CODE_WRONG = "sign-in-code-wrong"
    SIGN_IN_CODE_CLOSED = "sign-in-code-closed"
    SIGN_IN_CODE_TOO_SOON = "sign-in-code-too-soon"
    STEP_UP_NEEDED = "step-up-needed"
    ROBOT_CHECK_NEEDED = "robot-check-needed"
    ROBOT_CHECK_VOID = "robot-check-void"

    # passkeys
    PASSKEY_NOT_PROVED = "passkey-not-proved"
    PASSKEY_STOPPED = "passkey-stopped"
    PASSKEY_NONE = "passkey-none"
    PASSKEY_KNOWN = "passkey-known"
    PASSKEY_LIMIT = "passkey-limit"
    PASSKEY_NAME = "passkey-name"

    # soft tokens
    TOKEN_NONE = "token-none"  # noqa: S105 - a name
    TOKEN_NOT_PROVED = "token-not-proved"  # noqa: S105 - likewise
    TOKEN_PIN_WRONG = "token-pin-wrong"  # noqa: S105 - likewise
    TOKEN_CODE_WRONG = "token-code-wrong"  # noqa: S105 - likewise
    TOKEN_CODE_USED = "token-code-used"  # noqa: S105 - likewise
    TOKEN_LOCKED = "token-locked"  # noqa: S105 - likewise
    TOKEN_BUSY = "token-busy"  # noqa: S105 - likewise
    TOKEN_SUSPENDED = "token-suspended"  # noqa: S105 - likewise
    BOUND_DEVICE_REFUSED = "bound-device-refused"
    TOKEN_LIMIT = "token-limit"  # noqa: S105 - likewise
    TOKEN_REGISTRATION_WRONG = "token-registration-wrong"  # noqa: S105 - likewise
    TOKEN_REGISTRATION_DEAD = "token-registration-dead"  # noqa: S105 - likewise
    BIOMETRICS_NONE = "biometrics-none"
    BIOMETRICS_SUSPENDED = "biometrics-suspended"
    BIOMETRICS_NOT_PROVED = "biometrics-not-proved"
    BIOMETRICS_TERMS = "biometrics-terms"

    # approvals in the app
    APPROVAL_WAITING = "approval-waiting"
    APPROVAL_OVER = "approval-over"
    APPROVAL_DISOWNED = "approval-disowned"
    APPROVAL_LIMIT = "approval-limit"
    APPROVAL_NUMBER_WRONG = "approval-number-wrong"
    APPROVALS_RESTRICTED = "approvals-restricted"
    PUSH_HOST = "push-host"

    # passwords
    OLD_PASSWORD_WRONG = "old-password-wrong"  # noqa: S105 - a name
    PASSWORD_LOCKED = "password-locked"  # noqa: S105 - likewise
    PASSWORD_SAME = "password-same"  # noqa: S105 - likewise
    NOTHING_CHOSEN = "nothing-chosen"
    ALREADY_CONSOLIDATED = "already-consolidated"
    MUST_CHANGE = "must-change"

    # codes
    NO_CONTACT = "no-contact"
    CODE_TOO_SOON = "code-too-soon"
    CODE_DAY_LIMIT = "code-day-limit"
    SMS_PAUSED = "sms-paused"
    CODE_WRONG = "code-wrong"
    CODE_CLOSED = "code-closed"
    CODE_DISABLED = "code-disabled"

    # notices
    NOT_ME_DEAD = "not-me-dead"
    # unlocking
    UNLOCK_NOT_PROVED = "unlock-not-proved"
    UNLOCK_NOT_NEEDED = "unlock-not-needed"
    UNLOCK_SPENT = "unlock-spent"

    # flows
    FLOW_CLOSED = "flow-closed"
    FLOW_OUT_OF_ORDER = "flow-out-of-order"
    LINK_DEAD = "link-dead"

    # claims: somebody who says who he is and has not signed in
    BIRTH_DATE_MALFORMED = "birth-date-malformed"
    CLAIM_CLOSED = "claim-closed"
    RESET_CLOSED = "reset-closed"
    REISSUE_LIMIT = "reissue-limit"
    PASS_CODE_WRONG = "pass-code-wrong"  # noqa: S105 - a name
    PASS_CODE_CLOSED = "pass-code-closed"  # noqa: S105 - a name
    PASS_CODE_TOO_SOON = "pass-code-too-soon"  # noqa: S105 - a name

    # passwords
    PASSWORD_REFUSED = "password-refused"  # noqa: S105 - a name
    PASSWORD_DIFFERS = "password-differs"  # noqa: S105 - likewise

    # certificates
    ALREADY_LIVE = "already-live"
    NO_CERTIFICATE = "no-certificate"
    RENEWAL_NOT_OPEN = "renewal-not-open"
    DELETE_SIGNATURE = "delete-signature"
    VAULT_GONE = "vault-gone"
    RENEWAL_SIGNATURE = "renewal-signature"
    REVOKE_LIMIT = "revoke-limit"
    REAPPLY_BLOCKED = "reapply-blocked"
    REQUEST_MALFORMED = "request-malformed"
    KEY_NOT_ACCEPTED = "key-not-accepted"
    KEY_KNOWN = "key-known"
    POSSESSION_NOT_PROVED = "possession-not-proved"
    CONSENT_MISSING = "consent-missing"
    EXPORT_OFF = "export-off"
    CANNOT_EXPORT = "cannot-export"
    IMPORT_FOREIGN = "import-foreign"
    IMPORT_NOT_YOURS = "import-not-yours"
    IMPORT_NOT_YET = "import-not-yet"
    IMPORT_ENDED = "import-ended"
    IMPORT_EXPIRED = "import-expired"
    IMPORT_KEY = "import-key"
    IMPORT_HERE = "import-here"
    SHARE_GONE = "share-gone"
    SIGNING_UNAVAILABLE = "signing-unavailable"
    SIGNATURE_MALFORMED = "signature-malformed"
    CHALLENGE_UNKNOWN = "challenge-unknown"
    CHALLENGE_USED = "challenge-used"
    CHALLENGE_EXPIRED = "challenge-expired"
    CERTIFICATE_NOT_YOURS = "certificate-not-yours"
    RECEIPT_NOT_READY = "receipt-not-ready"


class Refused(Exception):  # noqa: N818 - a refusal is an answer, not an error
    """The act was refused; nothing of it was done."""

    def __init__(self, refusal: Refusal, **facts: object) -> None:
        """Name the refusal and the facts its sentence may mention."""
        super().__init__(refusal.value)
        self.refusal = refusal
        self.facts: Mapping[str, object] = facts

"""The words of the journal: everything of AUD-01 that happens, in the past tense."""

from enum import StrEnum


class Event(StrEnum):
    """What happened, as `noun:verb`.

    A noun adds its words here, in its own block. A word that nobody records fails a house test,
    and so does a row whose word is not here.
    """

    # customers (the values of customers.vocabulary.CustomerEvent)
    CUSTOMER_IMPORTED = "customer:imported"
    CUSTOMER_CHANGED = "customer:changed"
    CUSTOMER_IMPORT_FINISHED = "customer:import-finished"
    CUSTOMER_RESEALED = "customer:resealed"
    PRIMARY_ACCOUNT_CHOSEN = "account:made-primary"

    # sign-in
    SIGN_IN_SUCCEEDED = "sign-in:succeeded"
    SIGN_IN_FAILED = "sign-in:failed"
    SIGN_IN_LOCKED = "sign-in:locked"
    SIGN_IN_UNLOCKED = "sign-in:unlocked"
    SIGNED_OUT = "session:signed-out"
    DEVICE_ENDED = "device:ended"
    DEVICE_STOLEN = "device:stolen"
    SESSION_ENDED = "session:ended"
    SESSION_DISPLACED = "session:displaced"
    SESSION_STEPPED_UP = "session:stepped-up"

    # passkeys
    PASSKEY_REGISTERED = "passkey:registered"
    PASSKEY_RENAMED = "passkey:renamed"
    PASSKEY_REMOVED = "passkey:removed"
    PASSKEY_USED = "passkey:used"
    PASSKEY_REFUSED = "passkey:refused"
    PASSKEY_COPIED = "passkey:copied"

    # soft tokens
    TOKEN_PIN_WRONG = "token-pin:refused"  # noqa: S105 - a name
    TOKEN_PIN_CHANGED = "token-pin:changed"  # noqa: S105 - likewise
    TOKEN_LOCKED = "token:locked"  # noqa: S105 - likewise
    TOKEN_ASKED = "token:asked-for"  # noqa: S105 - likewise
    TOKEN_REGISTRATION_SENT = "token:registration-sent"  # noqa: S105 - likewise
    TOKEN_REGISTRATION_WRONG = "token:registration-refused"  # noqa: S105 - likewise
    TOKEN_BOUND = "token:bound"  # noqa: S105 - likewise
    TOKEN_CLEARED = "token:cleared"  # noqa: S105 - likewise
    TOKEN_SUSPENDED = "token:suspended"  # noqa: S105 - likewise
    TOKEN_LIFTED = "token:suspension-lifted"  # noqa: S105 - likewise
    TOKEN_USED = "token:used"  # noqa: S105 - likewise
    TOKEN_CODE_WRONG = "token-code:refused"  # noqa: S105 - likewise
    APPROVAL_ASKED = "approval:asked-for"
    APPROVAL_GIVEN = "approval:given"
    APPROVAL_CANCELLED = "approval:cancelled"
    APPROVAL_DENIED = "approval:disowned"
    APPROVAL_REFUSED = "approval:refused"
    APPROVALS_ALLOWED = "approvals:allowed-again"
    PUSH_SUBSCRIBED = "push:subscribed"
    PUSH_FORGOTTEN = "push:forgotten"
    PUSH_KEY_ROTATED = "push-key:rotated"
    BIOMETRICS_ON = "biometrics:enabled"
    BIOMETRICS_OFF = "biometrics:disabled"
    BIOMETRICS_SUSPENDED = "biometrics:suspended"
    BIOMETRICS_REFUSED = "biometrics:refused"

    # passwords
    PASSWORD_WRONG = "password:wrong"  # noqa: S105 - a name
    PASSWORD_CHANGED = "password:changed"  # noqa: S105 - likewise
    PASSWORD_REMINDED = "password:reminded"  # noqa: S105 - likewise
    PASSWORDS_CONSOLIDATED = "passwords:consolidated"
    PASSWORDS_UNCONSOLIDATED = "passwords:unconsolidated"

    # codes
    CODE_SENT = "code:sent"
    CODE_REFUSED = "code:refused"
    CODE_WRONG = "code:wrong"
    CODE_ACCEPTED = "code:accepted"
    CODE_ALLOWED = "code:allowed"
    CODE_EXHAUSTED = "code:exhausted"
    CODE_BUDGET_ALARM = "code:budget-alarm-raised"
    CODE_BUDGET_TIGHTENED = "code:budget-tightened"

    # the guard against guessing at many accounts
    GUARD_ALARM = "guard:alarm-raised"

    # flows
    FLOW_OPENED = "flow:opened"
    FLOW_ABANDONED = "flow:abandoned"
    CONSENT_GIVEN = "consent:given"

    # certificates
    CERTIFICATE_INTENDED = "certificate:intended"
    CERTIFICATE_ISSUED = "certificate:issued"
    CERTIFICATE_CLOSED = "certificate:closed"
    CERTIFICATE_RENEWED = "certificate:renewed"
    CERTIFICATE_REVOKED = "certificate:revoked"
    CERTIFICATE_LOSS_REPORTED = "certificate:loss-reported"
    CERTIFICATE_HOLD_LIFTED = "certificate:hold-lifted"
    CERTIFICATE_EXPORTED = "certificate:exported"
    CERTIFICATE_IMPORTED = "certificate:imported"
    SHARE_MADE = "share:made"
    SHARE_RELEASED = "share:released"
    SHARE_ERASED = "share:erased"
    SHARE_WITHHELD = "share:withheld"
    CERTIFICATE_CHECKED = "certificate:checked"
    CERTIFICATE_PROVED = "certificate:proved"
    CERTIFICATE_NOT_PROVED = "certificate:not-proved"
    ORDER_TEST_SIGNED = "order:test-signed"
    CA_INITIALISED = "ca:initialised"
    CA_REQUESTED = "ca:requested"
    CA_ADOPTED = "ca:adopted"
    CRL_PUBLISHED = "crl:published"

    # reissues
    REISSUE_REQUESTED = "reissue:requested"
    REISSUE_REFUSED = "reissue:refused"
    REISSUE_MAILED = "reissue:mailed"
    REISSUE_NOT_POSSIBLE = "reissue:not-possible"
    REISSUE_LINK_OPENED = "reissue:link-opened"
    PASSWORD_INITIAL_GIVEN = "password:initial-given"  # noqa: S105 - a name
    PASSWORD_REISSUED = "password:reissued"  # noqa: S105 - a name

    # resets by mail
    RESET_REQUESTED = "reset:requested"
    RESET_MAILED = "reset:mailed"
    RESET_NOT_POSSIBLE = "reset:not-possible"
    RESET_INVITED = "reset:invited"
    RESET_LINK_OPENED = "reset:link-opened"
    PASSWORD_RESET = "password:reset"  # noqa: S105 - a name

    # announcements
    ANNOUNCEMENT_PUBLISHED = "announcement:published"
    ANNOUNCEMENT_WITHDRAWN = "announcement:withdrawn"

    # notices
    NOTICE_DISOWNED = "notice:disowned"

    # machines, and the voice line
    CALLER_ADDED = "caller:added"
    CALLER_REMOVED = "caller:removed"
    VOICE_VERIFIED = "voice:verified"
    VOICE_WRONG = "voice:refused"
    VOICE_LOCKED = "voice:locked"
    VOICE_SET = "voice-password:set"
    VOICE_CHANGED = "voice-password:changed"

    # messages
    MESSAGE_SENT = "message:sent"
    MESSAGE_DELIVERED = "message:delivered"
    MESSAGE_FAILED = "message:failed"
    MESSAGE_EXPIRED = "message:expired"
    MESSAGE_GIVEN_UP = "message:given-up"
    MESSAGE_REQUEUED = "message:requeued"

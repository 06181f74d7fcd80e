"""Where firms' rules and standards conflict, and what the product does (checklist 1.B)."""

from collections.abc import Mapping

ANSWERS: Mapping[str, str] = {
    "CONFLICT-1": (
        "the length is kept; the counts of wrong entries survive a resend, days and the whole "
        "firm have caps, and a code is only sent after the password and counts for one target"
    ),
    "CONFLICT-2": "mail is allowed by key and never counts as an out-of-band factor of its own",
    "CONFLICT-3": (
        "lengths and characters are keys: only an older system behind is a reason for a short "
        "limit; short passwords rest peppered under Argon2id, wrong tries lock, and lists of "
        "common, leaked and personal ones may be refused"
    ),
    "CONFLICT-4": "an ended password still signs in, to the page where it is changed",
    "CONFLICT-5": (
        "only a peppered hash of the digits is kept, the line counts its wrong tries for itself, "
        "and the page says what the step between the two means"
    ),
    "CONFLICT-7": (
        "the lock is kept; locked, unknown and wrong answer alike, and a lock never stops a "
        "certificate from being reported lost"
    ),
    "CONFLICT-8": (
        "opening the link changes nothing and tells nothing, it works once, and the code by SMS "
        "is asked before a password can be set"
    ),
    "CONFLICT-11": (
        "before its end a certificate is renewed without a code unless it was used to sign in; "
        "after its end the same button asks a code and counts as a new application"
    ),
    "CONFLICT-15": "the channels are a key; the strong choice sends the code by SMS and only a "
    "notice by mail",
    "CONFLICT-16": "exporting is a key for each face, never needed on a mobile",
}
"""The product's answer to each conflict that a key of the firm file decides."""

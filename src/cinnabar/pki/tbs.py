"""Building what is to be signed: the TBSCertificate of a customer (RFC 5280 4.1.2).

The octets made here are the ones that are stored as the intention, linted, and signed (law 6).
"""

from datetime import datetime

from cinnabar.pki import oids
from cinnabar.pki.certificate import VERSION_3, extension
from cinnabar.pki.der import context, integer, octet_string, sequence, time, tlv
from cinnabar.pki.keys import subject_key_identifier
from cinnabar.pki.names import attribute
from cinnabar.pki.profile import CustomerProfile


def customer_tbs(
    profile: CustomerProfile,
    *,
    serial: int,
    subject: str,
    spki_der: bytes,
    not_before: datetime,
    not_after: datetime,
) -> bytes:
    """Return the TBSCertificate for the customer `subject`.

    Times are aware and cut to the second. Nothing is judged here: `lint_customer` says whether
    the result may be signed. Raises `DerError` for a name that does not fit or a broken SPKI.
    """
    name = profile.cn_template.format(subject=subject)
    identifier = octet_string(subject_key_identifier(spki_der))
    return sequence(
        VERSION_3,
        integer(serial),
        profile.algorithm_and_issuer,
        sequence(time(not_before), time(not_after)),
        sequence(profile.name_head, attribute(oids.COMMON_NAME, name)),
        spki_der,
        tlv(
            context(3),
            sequence(profile.fixed_extensions, extension(oids.SUBJECT_KEY_IDENTIFIER, identifier)),
        ),
    )

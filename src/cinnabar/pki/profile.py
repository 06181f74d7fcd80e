"""What every certificate of a customer has in common: the firm's choices and the issuer's facts."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property, lru_cache

from cinnabar.firm.certificate import CertificatePolicy
from cinnabar.pki import oids
from cinnabar.pki.authority import Addresses, Authority, addresses
from cinnabar.pki.certificate import extension
from cinnabar.pki.der import context, oid, sequence, tlv
from cinnabar.pki.names import attribute

SUBJECT_PATTERN = "[0-9A-HJKMNP-TV-Z]{16}"
"""A customer's subject: 16 characters of Crockford's base 32."""

SLACK = timedelta(days=2)
"""The end of a day and a change of the clocks may lengthen a validity by that much at most."""

# BIT STRING 11: digitalSignature, nonRepudiation (RFC 5280 4.2.1.3, CRT-02)
SIGNING_ONLY = b"\x03\x02\x06\xc0"
NOT_A_CA = sequence()
_URI = context(6, constructed=False)


@dataclass(frozen=True, eq=False, kw_only=True)
class CustomerProfile:
    """The profile of customers' certificates (CRT-01 to CRT-05).

    `longest` bounds the validity; `country` and `organisation` stand before the common name,
    which is `cn_template` with `{subject}` filled in.
    """

    authority: Authority
    where: Addresses
    country: str
    organisation: str
    cn_template: str
    policy_oid: str
    order_signing_oid: str
    longest: timedelta

    @property
    def issuer_not_after(self) -> datetime:
        """Return the issuer's last instant."""
        return self.authority.issuing_not_after

    @cached_property
    def algorithm_and_issuer(self) -> bytes:
        """The two fields between serial and validity."""
        return oids.ECDSA_SHA256_ALGORITHM + self.authority.issuing_name

    @cached_property
    def name_head(self) -> bytes:
        """The subject's name up to the common name."""
        return attribute(oids.COUNTRY, self.country) + attribute(
            oids.ORGANISATION, self.organisation
        )

    @cached_property
    def cn_pattern(self) -> re.Pattern[str]:
        """What a common name of this profile looks like."""
        before, after = self.cn_template.split("{subject}")
        return re.compile(re.escape(before) + SUBJECT_PATTERN + re.escape(after))

    @cached_property
    def fixed_extensions(self) -> bytes:
        """All extensions but the subject key identifier."""
        return b"".join(
            (
                extension(oids.BASIC_CONSTRAINTS, NOT_A_CA, critical=True),
                extension(oids.KEY_USAGE, SIGNING_ONLY, critical=True),
                extension(oids.EXTENDED_KEY_USAGE, self._purposes()),
                extension(oids.CERTIFICATE_POLICIES, sequence(sequence(oid(self.policy_oid)))),
                authority_key_extension(self.authority.issuing_key_identifier),
                extension(oids.AUTHORITY_INFORMATION_ACCESS, self._access()),
                extension(oids.CRL_DISTRIBUTION_POINTS, self._distribution()),
            )
        )

    def _purposes(self) -> bytes:
        return sequence(oid(oids.PURPOSE_CLIENT_AUTH), oid(self.order_signing_oid))

    def _access(self) -> bytes:
        return sequence(
            sequence(oid(oids.ACCESS_OCSP), tlv(_URI, self.where.ocsp.encode())),
            sequence(oid(oids.ACCESS_CA_ISSUERS), tlv(_URI, self.where.issuer.encode())),
        )

    def _distribution(self) -> bytes:
        names = tlv(context(0), tlv(context(0), tlv(_URI, self.where.crl.encode())))
        return sequence(sequence(names))


def authority_key_extension(identifier: bytes) -> bytes:
    """Return the extension naming the issuer's key (RFC 5280 4.2.1.1)."""
    return extension(
        oids.AUTHORITY_KEY_IDENTIFIER, sequence(tlv(context(0, constructed=False), identifier))
    )


def customer_profile(
    policy: CertificatePolicy, authority: Authority, base_url: str, shard: str = ""
) -> CustomerProfile:
    """Return the profile for `policy` under `authority`; cheap when asked again.

    `shard` is the part of the issuer's revocation list that the certificate points to.
    """
    return _profile(
        authority,
        base_url,
        shard,
        policy.country,
        policy.organisation,
        policy.cn_template,
        policy.policy_oid,
        policy.order_signing_oid,
        policy.validity_days + policy.renew_days_before,
    )


@lru_cache(maxsize=16)
def _profile(  # noqa: PLR0917 - the key of the cache
    authority: Authority,
    base_url: str,
    shard: str,
    country: str,
    organisation: str,
    cn_template: str,
    policy_oid: str,
    order_signing_oid: str,
    longest_days: int,
) -> CustomerProfile:
    return CustomerProfile(
        authority=authority,
        where=addresses(base_url, authority.issuing_key_id, shard),
        country=country,
        organisation=organisation,
        cn_template=cn_template,
        policy_oid=policy_oid,
        order_signing_oid=order_signing_oid,
        longest=timedelta(days=longest_days) + SLACK,
    )

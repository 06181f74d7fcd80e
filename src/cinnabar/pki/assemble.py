"""Putting a signature under what it signs."""

from cinnabar.pki.der import bit_string, sequence
from cinnabar.pki.oids import ECDSA_SHA256_ALGORITHM


def assemble_certificate(tbs: bytes, signature: bytes) -> bytes:
    """Return the certificate of `tbs` and the issuing CA's DER ECDSA `signature`."""
    return sequence(tbs, ECDSA_SHA256_ALGORITHM, bit_string(signature))


def assemble_crl(tbs: bytes, signature: bytes) -> bytes:
    """Return the CRL of `tbs` and the issuing CA's DER ECDSA `signature`."""
    return sequence(tbs, ECDSA_SHA256_ALGORITHM, bit_string(signature))

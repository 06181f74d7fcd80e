"""The language of certificates: requests, certificates, CRLs, OCSP and CMS, as pure functions.

No clock, no chance, no files, no framework: times and serials are arguments, octets go in and
come out. What is to be signed is built here and signed elsewhere (`cinnabar.signer`).
"""

"""The machine face: status for relying parties, answered from memory, without cookies.

Plain WSGI, in front of Django (performance.md). OCSP by RFC 6960 and RFC 5019, lists and CA
certificates by RFC 5280.
"""

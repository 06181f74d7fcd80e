"""Revocation lists and CA certificates, ready to go out."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from cinnabar.faces.machine.answers import Headers, freshness
from cinnabar.faces.machine.source import StatusSource
from cinnabar.pki.authority import Authority, list_name
from cinnabar.pki.crl import read_crl

_SHORT = 16
_CRL_SECONDS = 60
_CERTIFICATE_SECONDS = 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A signed object with the headers it goes out with."""

    body: bytes
    headers: Headers
    etag: str


def document(
    body: bytes, media_type: str, since: datetime, until: datetime, seconds: int
) -> Document:
    """Return `body` as a document that caches may keep for `seconds`."""
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = [
        ("Content-Type", media_type),
        ("Content-Length", str(len(body))),
        ("X-Content-Type-Options", "nosniff"),
        *freshness(etag, since, until, seconds),
    ]
    return Document(body=body, headers=headers, etag=etag)


class CrlShelf:
    """Holds the newest list of each name: of every issuing CA and shard, full and delta."""

    def __init__(self) -> None:
        """Start empty."""
        self._held: dict[str, int] = {}
        self._documents: dict[str, Document] = {}

    def find(self, path: str) -> Document | None:
        """Return what is published at `path`."""
        return self._documents.get(path)

    def refresh(self, source: StatusSource) -> None:
        """Fetch what is newer than what is held; raise `SourceUnavailable`."""
        newest = source.lists()
        for name in self._held.keys() - newest.keys():
            self._put(name, None)
        for name, number in newest.items():
            if self._held.get(name) != number:
                self._put(name, source.list(name))

    def _put(self, name: str, der: bytes | None) -> None:
        path = f"/crl/{name}.crl"
        if der is None:
            self._documents.pop(path, None)
            self._held.pop(name, None)
            return
        found = read_crl(der)
        self._documents[path] = crl_document(der)
        self._held[name] = found.facts.number


def crl_document(der: bytes) -> Document:
    """Return a list as a document; raise `DerError`."""
    facts = read_crl(der).facts
    return document(der, "application/pkix-crl", facts.this_update, facts.next_update, _CRL_SECONDS)


def fixed_documents(known: Iterable[Authority]) -> Mapping[str, Document]:
    """Return by path the certificates of the CA: the root and every generation below it."""
    found = {}
    for facts in {one for authority in known for one in (authority.issuing, authority.root)}:
        fields = facts.fields
        key_id = fields.subject_key_identifier.hex()
        found[f"/ca/{key_id[:_SHORT]}.crt"] = document(
            facts.der,
            "application/pkix-cert",
            fields.not_before,
            fields.not_after,
            _CERTIFICATE_SECONDS,
        )
    return found


def root_crl_path(authority: Authority) -> str:
    """Return where the root's list is fetched."""
    return f"/crl/{list_name(authority.root_key_id)}.crl"

"""Working an OCSP answer out: for what the board does not hold yet."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime
from typing import Final

from cinnabar.faces.machine.source import Known, SourceUnavailable, StatusSource
from cinnabar.kernel.clock import Clock
from cinnabar.pki import ocsp_answer
from cinnabar.pki.authority import Authority
from cinnabar.pki.der import DerError
from cinnabar.pki.ocsp_answer import State, Status
from cinnabar.pki.ocsp_request import CertId, StatusRequest, read_status_request
from cinnabar.signer.protocol import Signer, SignerRefused, SignerUnavailable

Headers = list[tuple[str, str]]

MEDIA_TYPE: Final = "application/ocsp-response"
CACHE_SECONDS: Final = 3
"""How long HTTP caches may keep an answer: with the board's second it stays within five."""
_SPARE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An answer ready to go out.

    `headers` go with a POST, `cached` with a GET (RFC 5019 6.2). `serials` are those it is
    about, `until` is when it is to be looked up again; an answer that must not be kept has none.
    """

    body: bytes
    headers: Headers
    cached: Headers
    etag: str
    serials: tuple[int, ...] = ()
    until: datetime | None = None


def _plain(body: bytes) -> Answer:
    headers = _headers(body)
    return Answer(body=body, headers=headers, cached=[*headers, _DO_NOT_KEEP], etag="")


_DO_NOT_KEEP = ("Cache-Control", "no-store")


def _headers(body: bytes) -> Headers:
    return [
        ("Content-Type", MEDIA_TYPE),
        ("Content-Length", str(len(body))),
        ("X-Content-Type-Options", "nosniff"),
    ]


MALFORMED: Final = _plain(ocsp_answer.MALFORMED_REQUEST)
UNAUTHORIZED: Final = _plain(ocsp_answer.UNAUTHORIZED)
TRY_LATER: Final = _plain(ocsp_answer.TRY_LATER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Works answers out from the records, signing what is not signed yet.

    `validity` is how long an answer may be relied on, `keep` how long it is remembered here.
    """

    source: StatusSource
    signer: Signer
    clock: Clock
    validity: timedelta
    keep: timedelta

    def answer(self, der: bytes) -> Answer:
        """Return the answer to the request in `der`, whatever it is (RFC 6960 2.3)."""
        try:
            request = read_status_request(der)
        except DerError:
            return MALFORMED
        try:
            authority = _asked(request.targets, self.signer.authorities())
            if authority is None:
                return UNAUTHORIZED
            known = [self._known(target.serial, authority) for target in request.targets]
            return self._kept(request, known, authority) or self._signed(request, known, authority)
        except (SourceUnavailable, SignerUnavailable, SignerRefused):
            return TRY_LATER

    def _known(self, serial: int, authority: Authority) -> Known:
        """Look a serial up; what another generation issued, this one never did."""
        found = self.source.lookup(serial)
        own = found.generation == authority.generation
        return found if own else Known(status=Status(state=State.UNKNOWN))

    def _kept(
        self, request: StatusRequest, known: list[Known], authority: Authority
    ) -> Answer | None:
        """Return the answer signed beforehand, if there is one that answers exactly this."""
        kept = known[0].presigned
        if kept is None or request.nonce is not None or len(known) != 1:
            return None
        single = ocsp_answer.read_first_single(kept)
        if single is None or single.target.raw != request.targets[0].raw:
            return None
        if single.state is not known[0].status.state or authority.ocsp_der not in kept:
            return None
        if single.next_update - self.clock.now() < _SPARE:
            return None
        return self._ready(kept, request, single.this_update, single.next_update, keep=True)

    def _signed(self, request: StatusRequest, known: list[Known], authority: Authority) -> Answer:
        now = self.clock.now().replace(microsecond=0)
        until = now + self.validity
        singles = [
            ocsp_answer.single_response(target, found.status, this_update=now, next_update=until)
            for target, found in zip(request.targets, known, strict=True)
        ]
        tbs = ocsp_answer.response_data(authority, singles, produced_at=now, nonce=request.nonce)
        body = ocsp_answer.assemble_answer(authority, tbs, self.signer.sign_ocsp(tbs))
        # an unknown serial is not worth a place: whoever makes serials up would fill the board
        unknown = any(found.status.state is State.UNKNOWN for found in known)
        keep = request.nonce is None and not unknown
        return self._ready(body, request, now, until, keep=keep)

    def _ready(
        self, body: bytes, request: StatusRequest, since: datetime, until: datetime, *, keep: bool
    ) -> Answer:
        if not keep:
            return _plain(body)
        headers, etag = _headers(body), f'"{hashlib.sha256(body).hexdigest()[:32]}"'
        return Answer(
            body=body,
            headers=headers,
            cached=[*headers, *freshness(etag, since, until, CACHE_SECONDS)],
            etag=etag,
            serials=tuple(target.serial for target in request.targets),
            until=min(until - _SPARE, self.clock.now() + self.keep),
        )


def _asked(targets: Iterable[CertId], known: Iterable[Authority]) -> Authority | None:
    """Return the generation that all of `targets` are about; an answer has one signer."""
    wanted = list(targets)
    return next((one for one in known if all(_is_of(target, one) for target in wanted)), None)


def _is_of(target: CertId, authority: Authority) -> bool:
    return authority.hashes.get(target.algorithm) == (target.name_hash, target.key_hash)


def freshness(etag: str, since: datetime, until: datetime, seconds: int) -> Headers:
    """Return the headers by which HTTP caches keep a signed object (RFC 5019 6.2)."""
    return [
        ("ETag", etag),
        ("Last-Modified", format_datetime(since, usegmt=True)),
        ("Expires", format_datetime(until, usegmt=True)),
        ("Cache-Control", f"max-age={seconds}, public, no-transform, must-revalidate"),
    ]

"""The signer's own judgement, before every signature (CAK-03).

It repeats what the caller should have looked at, because a caller that was taken over would not.
"""

import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from cinnabar.firm.certificate import CertificatePolicy
from cinnabar.firm.status import StatusPolicy
from cinnabar.kernel.clock import Clock
from cinnabar.pki import oids
from cinnabar.pki.authority import Authority, addresses, shard_for, shard_of
from cinnabar.pki.certificate import read_tbs
from cinnabar.pki.crl import CrlFacts, read_crl_tbs
from cinnabar.pki.crl_marks import Marks
from cinnabar.pki.der import DerError
from cinnabar.pki.findings import Finding
from cinnabar.pki.lint import lint_fields
from cinnabar.pki.ocsp_answer import ResponseFacts, SingleFacts, State, read_response_data
from cinnabar.pki.profile import CustomerProfile, customer_profile
from cinnabar.signer.ledger import Ledger
from cinnabar.signer.protocol import SignerBusy, SignerRefused

T = TypeVar("T")

SKEW = timedelta(minutes=5)
"""How far the caller's clock may be from the signer's."""
RESUME_WITHIN = timedelta(days=7)
"""How long after it was written an intention left open by a crash may still be signed."""
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What the signer holds callers to; `per_minute` bounds new certificates in any minute."""

    certificate: CertificatePolicy
    status: StatusPolicy
    base_url: str
    per_minute: int = 6000


class Guard:
    """Judges octets against the rules, the clock and the ledger."""

    def __init__(self, rules: Rules, clock: Clock, ledger: Ledger) -> None:
        """Hold callers to `rules`."""
        self._rules = rules
        self._clock = clock
        self._ledger = ledger
        self._lock = threading.Lock()
        self._lately: deque[datetime] = deque()

    def certificate(self, tbs: bytes, known: Sequence[Authority]) -> tuple[int, Authority]:
        """Return serial and issuer of a TBSCertificate that may be signed, else `SignerRefused`.

        `known` are the generations, newest first. An older one still signs what a crash left
        open while it was the newest.
        """
        fields = _read(read_tbs, tbs)
        authority = _named(known, lambda one: one.issuing_name == fields.issuer)
        profile = self._profile(authority, fields.not_before)
        if findings := lint_fields(fields, profile):
            raise SignerRefused(findings)
        now = self._clock.now()
        _refuse_if({"validity": not now - RESUME_WITHIN <= fields.not_before <= now + SKEW})
        return fields.serial, authority

    def _profile(self, authority: Authority, not_before: datetime) -> CustomerProfile:
        policy = self._rules.certificate
        shard = shard_for(not_before + policy.backdate, self._rules.status.crl_shard_days)
        return customer_profile(policy, authority, self._rules.base_url, shard)

    def admit(self) -> None:
        """Count one more new certificate; raise `SignerBusy` beyond the bound."""
        now = self._clock.now()
        with self._lock:
            while self._lately and now - self._lately[0] >= _MINUTE:
                self._lately.popleft()
            if len(self._lately) >= self._rules.per_minute:
                raise SignerBusy
            self._lately.append(now)

    def crl(self, tbs: bytes, known: Sequence[Authority]) -> tuple[Marks, Authority]:
        """Return marks and issuer of a TBSCertList that may be signed, else `SignerRefused`."""
        facts = _read(read_crl_tbs, tbs)
        authority = _named(known, lambda one: one.issuing_name == facts.issuer)
        _refuse_if(self._judge_crl(facts, authority))
        return facts.marks, authority

    def _judge_crl(self, facts: CrlFacts, authority: Authority) -> dict[str, bool]:
        longest = self._rules.status.crl_validity + SKEW
        return {
            "issuer": facts.issuer != authority.issuing_name,
            "authority-key": facts.authority_key != authority.issuing_key_identifier,
            "algorithm": facts.algorithm != oids.ECDSA_SHA256_ALGORITHM,
            "this-update": not self._is_now(facts.this_update),
            "next-update": not timedelta() < facts.next_update - facts.this_update <= longest,
            **self._judge_marks(facts.marks, authority),
        }

    def _judge_marks(self, marks: Marks, authority: Authority) -> dict[str, bool]:
        base_url, key = self._rules.base_url, authority.issuing_key_id
        own = addresses(base_url, key, shard_of(marks.point))
        return {
            "number": marks.number < 1,
            "base": marks.base is not None and not 1 <= marks.base < marks.number,
            "point": marks.point not in {"", own.crl},
            "freshest": marks.freshest not in {"", own.delta}
            or (marks.base is not None and marks.freshest != ""),
        }

    def ocsp(self, tbs: bytes, known: Sequence[Authority]) -> Authority:
        """Return the CA a ResponseData that may be signed is of; raise `SignerRefused`."""
        facts = _read(read_response_data, tbs)
        authority = _named(known, lambda one: one.ocsp_key_hash == facts.responder)
        _refuse_if(self._judge_answer(facts, authority))
        for single in facts.singles:
            _refuse_if(self._judge_single(single, authority))
        return authority

    def _judge_answer(self, facts: ResponseFacts, authority: Authority) -> dict[str, bool]:
        return {
            "responder": facts.responder != authority.ocsp_key_hash,
            "produced-at": not self._is_now(facts.produced_at),
            "singles": not facts.singles,
        }

    def _judge_single(self, single: SingleFacts, authority: Authority) -> dict[str, bool]:
        target = single.target
        longest = self._rules.status.ocsp_validity + SKEW
        hashes = authority.hashes.get(target.algorithm)
        return {
            "issuer": hashes != (target.name_hash, target.key_hash),
            "this-update": not self._is_now(single.this_update),
            "next-update": not timedelta() < single.next_update - single.this_update <= longest,
            # an answer "good" for a serial nobody signed is how a forged certificate would live
            "good": single.state is State.GOOD and not self._ledger.knows(target.serial),
        }

    def _is_now(self, at: datetime) -> bool:
        return abs(at - self._clock.now()) <= SKEW


def _named(known: Sequence[Authority], named: Callable[[Authority], bool]) -> Authority:
    """Return the generation that is named; the newest says what is wrong with any other."""
    return next(filter(named, known), known[0])


def _read(read: Callable[[bytes], T], tbs: bytes) -> T:
    try:
        return read(tbs)
    except DerError as problem:
        raise SignerRefused((Finding("der", str(problem)),)) from problem


def _refuse_if(wrong: Mapping[str, bool]) -> None:
    if findings := tuple(Finding(rule) for rule, is_wrong in wrong.items() if is_wrong):
        raise SignerRefused(findings)

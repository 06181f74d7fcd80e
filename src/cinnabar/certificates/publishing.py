"""Publishing status: revocation lists and pre-signed OCSP answers (REV-01 to REV-03).

The worker calls `tick` each second. A list is signed by timer and by event, an answer whenever
its certificate changed and before it ages. Relying parties never depend on either being new:
the machine face reads the database for whatever changed (faces/machine).
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import F, Max, Q

from cinnabar.certificates.models import Certificate, RevocationList, StatusAnswer
from cinnabar.certificates.states import EndReason, State
from cinnabar.certificates.status import REASONS, status_of
from cinnabar.env import Env
from cinnabar.journal.actions import record
from cinnabar.journal.events import Event
from cinnabar.pki import ocsp_answer
from cinnabar.pki.assemble import assemble_crl
from cinnabar.pki.authority import Authority
from cinnabar.pki.crl import RevokedEntry, crl_tbs
from cinnabar.signer.protocol import SignerRefused

_BY_EVENT_AT_MOST_EVERY = timedelta(seconds=3)
_BATCH = 200


def tick(env: Env) -> bool:
    """Publish what is due; tell whether more answers are waiting to be signed."""
    publish_list(env)
    return presign(env) == _BATCH


def publish_list(env: Env) -> int | None:
    """Sign a new list if one is due; return its number."""
    now = env.clock.now().replace(microsecond=0)
    last = RevocationList.objects.order_by("-number").defer("der").first()
    if not _is_due(env, last, now):
        return None
    # Numbers follow the clock, so that one that was signed and then lost is not used again.
    number = max(last.number + 1 if last else 1, int(now.timestamp()))
    next_update = now + env.firm.status.crl_validity
    tbs = crl_tbs(
        env.signer.authority(),
        number=number,
        this_update=now,
        next_update=next_update,
        entries=_entries(now),
    )
    try:
        der = assemble_crl(tbs, env.signer.sign_crl(tbs))
        with transaction.atomic(durable=True):
            RevocationList.objects.create(
                number=number, der=der, this_update=now, next_update=next_update
            )
            record(
                env,
                Event.CRL_PUBLISHED,
                subject=None,
                by="worker",
                channel="worker",
                details={"number": number, "until": next_update.isoformat()},
            )
    except (IntegrityError, SignerRefused):
        return None  # another worker published this number a moment ago
    return number


def presign(env: Env, limit: int = _BATCH) -> int:
    """Sign answers that are missing, outdated or about to age; return how many were due."""
    now = env.clock.now().replace(microsecond=0)
    renew_before = now + env.firm.status.ocsp_validity / 4
    due = Certificate.objects.filter(~Q(state=State.ISSUING), Q(not_after__gte=now)).filter(
        Q(answer=None)
        | ~Q(answer__of_change=F("changed_at"))
        | Q(answer__next_update__lt=renew_before)
    )
    rows = list(due.order_by("changed_at")[:limit])
    known = {authority.generation: authority for authority in env.signer.authorities()}
    answers = [_answer(env, known[r.generation], r, now) for r in rows if r.generation in known]
    with transaction.atomic():
        StatusAnswer.objects.bulk_create(
            answers,
            update_conflicts=True,
            unique_fields=["certificate"],
            update_fields=["der", "of_change", "next_update"],
        )
    return len(rows)


def _answer(env: Env, authority: Authority, row: Certificate, now: datetime) -> StatusAnswer:
    next_update = now + env.firm.status.ocsp_validity
    single = ocsp_answer.single_response(
        ocsp_answer.cert_id(authority, int(row.serial, 16)),
        status_of(row),
        this_update=now,
        next_update=next_update,
    )
    tbs = ocsp_answer.response_data(authority, [single], produced_at=now)
    return StatusAnswer(
        certificate=row,
        der=ocsp_answer.assemble_answer(authority, tbs, env.signer.sign_ocsp(tbs)),
        of_change=row.changed_at,
        next_update=next_update,
    )


def _is_due(env: Env, last: RevocationList | None, now: datetime) -> bool:
    if last is None or now - last.this_update >= env.firm.status.crl_cadence:
        return True
    if now - last.this_update < _BY_EVENT_AT_MOST_EVERY:
        return False
    ended = Certificate.objects.filter(revoked_at__isnull=False)
    newest = ended.aggregate(at=Max("revoked_at"))["at"]
    return newest is not None and newest >= last.this_update


def _entries(now: datetime) -> Iterator[RevokedEntry]:
    rows = Certificate.objects.filter(revoked_at__isnull=False, not_after__gte=now)
    listed = rows.order_by("id").values_list("serial", "revoked_at", "reason")
    for serial, revoked_at, reason in listed.iterator(chunk_size=5000):
        if revoked_at is not None:
            yield RevokedEntry(
                serial=int(serial, 16), revoked_at=revoked_at, reason=REASONS[EndReason(reason)]
            )

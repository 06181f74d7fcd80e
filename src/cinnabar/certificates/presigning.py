"""OCSP answers signed beforehand, and signed again before they age (REV-03).

What relying parties get is always right without them, for the machine face signs what is
missing (faces/machine); they keep it quick, and answering while the signer is away.
"""

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q, QuerySet

from cinnabar.certificates.models import Certificate, StatusAnswer
from cinnabar.certificates.schedule import LATE
from cinnabar.certificates.states import State
from cinnabar.certificates.status import status_of
from cinnabar.env import Env
from cinnabar.pki import ocsp_answer
from cinnabar.pki.authority import Authority
from cinnabar.signer.protocol import SignerRefused

log = logging.getLogger(__name__)

BATCH = 200
_SLICE = 2000
_LATELY = timedelta(minutes=5)
_KEPT = timedelta(days=1)


def presign(env: Env, limit: int = BATCH) -> bool:
    """Sign answers about to age, oldest-ending first, and those to what changed lately.

    Tells whether more of them wait already.
    """
    now = env.clock.now().replace(microsecond=0)
    aging = StatusAnswer.objects.filter(
        next_update__lt=now + env.firm.status.ocsp_validity / 4,
        certificate__not_after__gte=now,
        certificate__generation__in=_by_generation(env),
    ).order_by("next_update")
    rows = [answer.certificate for answer in aging.select_related("certificate")[:limit]]
    lately = _unanswered(now).filter(changed_at__gte=now - _LATELY - LATE)
    rows += lately.order_by("changed_at")[: limit - len(rows)]
    return _sign(env, rows, now) == limit


def presign_missed(env: Env, after: int) -> int:
    """Look at some certificates beyond the id `after` for answers that are missing or outdated.

    Returns the last id looked at, 0 at the end. Going round like this finds what changed while
    no worker ran, at a cost that does not grow with the records.
    """
    now = env.clock.now().replace(microsecond=0)
    ids = list(
        Certificate.objects.filter(id__gt=after)
        .order_by("id")
        .values_list("id", flat=True)[:_SLICE]
    )
    if not ids:
        return 0
    _sign(env, _unanswered(now).filter(id__gt=after, id__lte=ids[-1]), now)
    return ids[-1] if len(ids) == _SLICE else 0


def forget_answers(env: Env) -> int:
    """Drop answers to what has expired; return how many."""
    ended = env.clock.now() - _KEPT
    old = StatusAnswer.objects.filter(next_update__lt=ended, certificate__not_after__lt=ended)
    return old.delete()[0]


def _unanswered(now: datetime) -> QuerySet[Certificate]:
    rows = Certificate.objects.filter(~Q(state=State.ISSUING), not_after__gte=now)
    return rows.filter(Q(answer=None) | ~Q(answer__of_change=F("changed_at")))


def _by_generation(env: Env) -> dict[int, Authority]:
    return {authority.generation: authority for authority in env.signer.authorities()}


def _sign(env: Env, rows: Iterable[Certificate], now: datetime) -> int:
    """Sign and keep an answer for each of `rows`; return how many could be."""
    known = _by_generation(env)
    answers = []
    for row in rows:
        if row.generation not in known:
            continue
        try:
            answers.append(_answer(env, known[row.generation], row, now))
        except SignerRefused as refused:
            log.warning("no answer is signed for %s: %s", row.serial, refused)
    with transaction.atomic():
        StatusAnswer.objects.bulk_create(
            answers,
            update_conflicts=True,
            unique_fields=["certificate"],
            update_fields=["der", "of_change", "next_update"],
        )
    return len(answers)


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

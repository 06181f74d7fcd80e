"""The page /healthz: does everything that a customer needs answer."""

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from cinnabar.config.compose import world
from cinnabar.config.work import is_alive
from cinnabar.kernel.clock import SystemClock
from cinnabar.signer.protocol import SignerUnavailable


@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """Answer 200 if database and signer answer, else 503; says only which of them do.

    `worker` is told, not judged: where the worker runs on another machine it is false here.
    """
    del request
    parts = {"database": _database(), "signer": _signer()}
    status = 200 if all(parts.values()) else 503
    return JsonResponse({**parts, "worker": _worker()}, status=status)


def _database() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            return bool(cursor.fetchone())
    except DatabaseError:
        return False


def _signer() -> bool:
    try:
        world().env.signer.ping()
    except SignerUnavailable:
        return False
    return True


def _worker() -> bool:
    return is_alive(settings.OPTIONS.data, SystemClock())

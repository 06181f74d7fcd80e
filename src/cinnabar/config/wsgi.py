"""The WSGI application: machine endpoints first, then files, then Django's pages.

OCSP and CRL are answered from memory before Django hears of the request; see performance.md.
"""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import django

StartResponse = Callable[[str, list[tuple[str, str]]], Any]
Application = Callable[[dict[str, Any], StartResponse], Iterable[bytes]]

_MACHINE_PATHS = ("/ocsp", "/crl/", "/ca/")


def build() -> Application:
    """Return the application; call it in the process that serves, for it starts a thread."""
    django.setup(set_prefix=False)
    # Only now: these read Django's settings as they are imported.
    from django.core.handlers.wsgi import WSGIHandler

    from cinnabar.config.assets import Assets
    from cinnabar.config.compose import world
    from cinnabar.config.machine import machine, voice
    from cinnabar.faces.machine.ivr import PREFIX as VOICE_LINE
    from cinnabar.faces.web.turned_away import Threshold

    here = world()
    pages = Threshold(WSGIHandler(), here.env, here.web)  # type: ignore[arg-type]  # exc_info too
    machines, line, listens = machine(), voice(), here.env.firm.offers_voice
    assets = Assets(Path(__file__).resolve().parent.parent / "static")

    def answer(environ: dict[str, Any], start: StartResponse) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path.startswith(_MACHINE_PATHS):
            return machines(environ, start)
        if listens and path.startswith(VOICE_LINE):
            return line(environ, start)
        if assets.owns(path):
            return assets(environ, start)
        return pages(environ, start)

    return answer


application = build()

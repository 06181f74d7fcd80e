"""Hands every request the world it is answered in."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from cinnabar.config.compose import world


class WorldMiddleware:
    """Puts the composed `Env` and the face's options on the request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Wrap `get_response`."""
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer with the world at hand."""
        here = world()
        request.env = here.env  # type: ignore[attr-defined]  # WebRequest declares it
        request.options = here.web  # type: ignore[attr-defined]  # WebRequest declares it
        return self._get_response(request)

"""The ways to prove who one is, as pages show them: at sign-in and where it is asked anew."""

from collections.abc import Iterable

from cinnabar.faces.web.request import WebRequest
from cinnabar.login.stages.factors import Offered


def ways(request: WebRequest, offered: Iterable[Offered]) -> list[dict[str, object]]:
    """Return what parts/factor_choice.html shows; `why` is "" for what can be used."""
    say, name = request.words.say, request.env.firm.token.web_name[request.language]
    return [
        {
            "name": one.name,
            "label": say(f"second.method.{one.name}", token=name),
            "about": say(f"second.about.{one.name}", to=one.to),
            "use": say(f"second.use.{one.name}", token=name),
            "why": say(f"second.why.{one.why}") if one.why else "",
            "available": not one.why,
        }
        for one in offered
    ]

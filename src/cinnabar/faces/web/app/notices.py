"""Whether the app asks to send notifications (P207)."""

from cinnabar.faces.web.request import WebRequest


def asks(request: WebRequest) -> bool:
    """Tell whether to ask: the firm wants to, and there is a way to send any.

    A demo, which sends none, shows the question all the same, and says so.
    """
    wants = request.env.firm.notify.push_permission == "first-start"
    return wants and (bool(request.env.push_hosts) or request.options.is_demo)

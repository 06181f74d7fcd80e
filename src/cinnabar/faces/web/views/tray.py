"""The demo's letter box: what customers would have received. It exists in a demo only."""

from django.http import HttpResponse
from django.urls import path
from django.views.decorators.http import require_safe

from cinnabar.faces.web import dates, pictures
from cinnabar.faces.web.answers import answer, page
from cinnabar.faces.web.request import WebRequest
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.messages import queries as messages


@require_safe
def letters(request: WebRequest) -> HttpResponse:
    """Show the letters, newest first."""
    _refuse_outside_demo(request)
    shown = [
        {
            "channel": letter.channel,
            "channel_label": request.words.say(f"channel.{letter.channel}"),
            "to": letter.to,
            "subject": letter.subject,
            "text": letter.text,
            "picture": pictures.inline(letter.picture) if letter.picture else "",
            "sent_at": dates.instant(request.env, letter.sent_at),
        }
        for letter in messages.tray()
    ]
    return page(request, "tray.html", {"messages": shown})


@require_safe
def letters_json(request: WebRequest) -> HttpResponse:
    """Answer the letters to a script, newest first."""
    _refuse_outside_demo(request)
    return answer(
        [
            {
                "channel": letter.channel,
                "to": letter.to,
                "subject": letter.subject,
                "text": letter.text,
                "sent_at": letter.sent_at.isoformat(),
            }
            for letter in messages.tray()
        ]
    )


def _refuse_outside_demo(request: WebRequest) -> None:
    if not request.options.is_demo:
        raise Refused(Refusal.NOT_FOUND)


urlpatterns = [path("tray/", letters), path("tray/messages.json", letters_json)]

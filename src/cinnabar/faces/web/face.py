"""The two faces that people see: the web pages, and the app below /app/.

They are served by the same views where they do the same, each in a frame of its own. A session
belongs to one of them: whoever signed in on the web pages has not signed in to the app.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """One of them.

    `prefix` stands before its addresses, `frame` is the template round its pages, `channel` what
    its sessions and the journal call it, `cookie` holds the session, `entrance` is its sign-in.
    """

    prefix: str
    frame: str
    channel: str
    cookie: str
    entrance: str

    def at(self, path: str) -> str:
        """Return the address of the page that the web pages have at `path`."""
        return self.prefix + path


WEB = Face(
    prefix="", frame="base.html", channel="web", cookie="__Host-session", entrance="/sign-in/"
)

APP = Face(
    prefix="/app",
    frame="app.html",
    channel="mobile",
    cookie="__Host-app-session",
    entrance="/app/sign-in/",
)


def face_of(path: str) -> Face:
    """Return the face that the page at `path` belongs to."""
    return APP if path.startswith("/app/") else WEB

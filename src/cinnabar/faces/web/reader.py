"""Who reads announcements, as far as that decides which."""

from cinnabar.announcements import queries
from cinnabar.announcements.queries import Shown
from cinnabar.announcements.rules import Reader
from cinnabar.certificates import queries as certificates
from cinnabar.customers import queries as customers
from cinnabar.customers.vocabulary import Kind
from cinnabar.faces.web.request import WebRequest


def of(request: WebRequest) -> Reader:
    """Return the reader that a request comes from."""
    visitor = request.visitor
    if visitor is None:
        return Reader()
    kind = customers.view(request.env, visitor.customer_id).kind
    return Reader(
        is_signed_in=True,
        is_company=kind is Kind.COMPANY,
        holds_certificate=certificates.host_row(request.env, visitor) is not None,
    )


def important(request: WebRequest) -> Shown | None:
    """Return the newest important announcement for whoever asks, if there is one."""
    return queries.newest_important(request.env, of(request), request.language)

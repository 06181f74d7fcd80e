"""A rendered message as octets for SMTP (RFC 5322, 2045 to 2047, 3834)."""

from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from cinnabar.env import Env
from cinnabar.messages.channel import RefusedForGoodError, Rendered
from cinnabar.messages.layout import PICTURE
from cinnabar.messages.rules import is_mail_address, one_line
from cinnabar.messages.smime import MailSigner, sign

_CRLF = b"\r\n"


def compose(env: Env, rendered: Rendered, signer: MailSigner | None) -> bytes:
    """Return the whole mail: 7-bit, CRLF, signed when `signer` is there.

    The parts are base64, so that no line is long, none begins with a dot or "From ", and no
    relay recodes what is signed. Raises `RefusedForGoodError` for an address that is none.
    """
    if not is_mail_address(rendered.to):
        reason = "not a mail address"
        raise RefusedForGoodError(reason)
    content = _alternative(rendered)
    if signer is None:
        return _header(env, rendered).as_bytes(policy=SMTP).rstrip(_CRLF) + _CRLF + content
    kind, body = sign(signer, content, f"signed-{rendered.id}")
    header = _header(env, rendered).as_bytes(policy=SMTP).rstrip(_CRLF)
    return _CRLF.join([header, b"Content-Type: " + _folded(kind), b"", body])


def message_id(env: Env, rendered: Rendered) -> str:
    """Return the Message-ID: ours, so that a mail sent twice is seen to be one."""
    domain = env.firm.identity.mail_from.rpartition("@")[2]
    return f"<{rendered.id}@{domain}>"


def _header(env: Env, rendered: Rendered) -> EmailMessage:
    identity = env.firm.identity
    header = EmailMessage(policy=SMTP)
    sender = Address(
        display_name=one_line(identity.mail_sender[rendered.language]),
        addr_spec=identity.mail_from,
    )
    header["From"] = sender
    header["To"] = Address(addr_spec=rendered.to)
    header["Subject"] = one_line(rendered.subject)
    header["Date"] = format_datetime(env.clock.now().astimezone(identity.timezone))
    header["Message-ID"] = message_id(env, rendered)
    # Nobody's holiday note answers a machine (RFC 3834 section 5); no List-Unsubscribe on
    # mail that one cannot unsubscribe from (MSG-05).
    header["Auto-Submitted"] = "auto-generated"
    header["Content-Language"] = rendered.language
    header["MIME-Version"] = "1.0"
    return header


def _alternative(rendered: Rendered) -> bytes:
    part = EmailMessage(policy=SMTP)
    part.set_content(rendered.text, charset="utf-8", cte="base64")
    if rendered.html:
        part.add_alternative(rendered.html, subtype="html", charset="utf-8", cte="base64")
        if rendered.picture:
            _add_picture(part, rendered)
        # Named here because the library would draw one from the machine's own chance.
        part.set_boundary(f"parts-{rendered.id}")
    del part["MIME-Version"]
    return part.as_bytes(policy=SMTP)


def _add_picture(part: EmailMessage, rendered: Rendered) -> None:
    """Put the picture beside the HTML that shows it (RFC 2387)."""
    html = part.get_payload(1)
    assert isinstance(html, EmailMessage)  # noqa: S101 - for the type checker: it was just added
    html.add_related(
        rendered.picture, "image", "png", cid=f"<{PICTURE}>", disposition="inline", cte="base64"
    )
    html.set_boundary(f"picture-{rendered.id}")


def _folded(kind: str) -> bytes:
    return kind.replace("; ", ";\r\n ").encode("ascii")

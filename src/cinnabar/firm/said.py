"""Rules of the matrix that are labels and sentences: which entry of the catalogue says them."""

from collections.abc import Mapping

SAID_BY_WORDS: Mapping[str, tuple[str, ...]] = {
    "P48": ("js.common.seconds",),
    "P49": ("code.get",),
    "P50": ("js.common.code_accepted",),
    "P143": ("js.certificates.renew_sure",),
    "P146": ("act.renew",),
    "P150": ("js.revoke.sure", "revoked.title"),
    "P160": ("state.web.none", "state.web.needs-renewal", "state.web.normal", "certificates.none"),
    "P161": ("js.certificates.valid", "js.certificates.invalid"),
    "P162": ("act.apply", "act.renew", "js.certificates.remove", "js.certificates.export"),
    "P163": ("backup.title", "backup.detail", "backup.offer", "backup.act"),
    "P166": ("js.certificates.pages",),
    "P175": ("certificates.server", "column.id", "column.serial", "column.format"),
    "P176": ("certificates.local", "column.usage", "column.validity", "column.window"),
    "P197": ("messages.event.apply", "messages.event.renew", "messages.event.revoke"),
    "P243": ("js.certificates.remove",),
    "P245": ("applied.title",),
}

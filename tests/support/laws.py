"""What must be true of the records after every step, recomputed from the rows alone.

Nothing here asks the product's own rules: what an act needs is written down a second time, so
that a rule that was weakened is noticed. Each law yields a sentence for each row that breaks it.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cached_property
from typing import Any

from cinnabar.certificates.models import Certificate, Consent, Hold, KeyShare
from cinnabar.codes.models import Code
from cinnabar.customers.models import Contact
from cinnabar.env import Env
from cinnabar.flows.models import Flow, Proof
from cinnabar.journal.models import Entry
from cinnabar.limits.models import Tally
from cinnabar.login.models import Session
from cinnabar.messages.models import Outbox

LIVED = {"live", "superseded", "revoked"}
ENDED = {"superseded", "revoked", "closed"}
TRIES_OF_A_CODE = 3


class Records:
    """All rows of one moment, found by what they belong to."""

    def __init__(self) -> None:
        self.certificates = list(Certificate.objects.order_by("id").values())
        self.flows = {row["id"]: row for row in Flow.objects.values()}
        self.codes = list(Code.objects.values())
        self.shares = {row["id"]: row for row in KeyShare.objects.values()}
        self.sessions = {row["id"]: row for row in Session.objects.values()}
        self.holds = set(Hold.objects.values_list("customer_id", flat=True))

    @cached_property
    def proofs(self) -> set[tuple[str, str, str]]:
        return set(Proof.objects.values_list("flow_id", "kind", "target"))

    @cached_property
    def told(self) -> list[tuple[str, dict[str, Any], datetime]]:
        """The journal: word, details and time of each entry."""
        rows = Entry.objects.order_by("id").values_list("event", "payload", "at")
        return [(event, json.loads(payload)["details"], at) for event, payload, at in rows]

    def told_about(self, detail: str, *events: str) -> Counter[str]:
        return Counter(d[detail] for event, d, _ in self.told if event in events)


def broken(env: Env) -> list[str]:
    """Return a sentence for everything that must not be; an empty list when all is well."""
    records = Records()
    laws = (_issued_unproved, _ended_unproved, _carried_unproved, _doubled, _guessed)
    told = (_beyond_counts, _unjournalled, _uncounted, _unnoticed)
    found = [said for law in (*laws, *told, _readable_shares) for said in law(env, records)]
    return sorted(found)


def _needed(flow: Mapping[str, Any], *, expired: bool) -> set[str]:
    """What docs/flows say an act needs; written a second time on purpose."""
    if (flow["channel"], flow["kind"], flow["facts"].get("way")) == ("mobile", "revoke", "key"):
        return {"confirmation", "old-key"}
    if flow["kind"] == "apply":
        return {"possession", "consent", "code"}
    if flow["kind"] == "renew":
        return {"possession", "old-key"} | ({"code"} if expired else set())
    if flow["kind"] == "revoke":
        return {"confirmation", "code"}
    if flow["kind"] == "import":
        return {"possession"}
    assert flow["kind"] in {"report-loss", "export"}
    return {"confirmation"}


def _unproved(records: Records, flow: Mapping[str, Any], needed: set[str]) -> Iterator[str]:
    """Yield what `flow` lacks for its exact target, the code's own row included."""
    name = f"flow {flow['kind']} {flow['id']}"
    for kind in needed:
        if (flow["id"], kind, flow["target"]) not in records.proofs:
            yield f"{name} acted without proof of {kind} for its target"
    session = records.sessions.get(flow["session"])
    if (flow["id"], "signed-in", flow["session"]) not in records.proofs or session is None:
        yield f"{name} acted without a sign-in"
    elif session["customer_id"] != flow["customer_id"]:
        yield f"{name} acted in somebody else's session"
    bound = {"flow": flow["id"], "target": flow["target"], "purpose": flow["kind"]}
    bound |= {"customer_id": flow["customer_id"], "state": "used"}
    if "code" in needed and not any(bound.items() <= code.items() for code in records.codes):
        yield f"{name} acted without a code that was used for exactly this"


def _issued_unproved(env: Env, records: Records) -> Iterator[str]:
    by_id = {row["id"]: row for row in records.certificates}
    consents = set(Consent.objects.values_list("flow", "version"))
    for row in records.certificates:
        flow = records.flows[row["flow"]]
        if (flow["customer_id"], flow["channel"]) != (row["customer_id"], row["channel"]):
            yield f"certificate {row['id']} is not the flow's customer's"
        if flow["facts"]["key_id"] != row["key_id"]:
            yield f"certificate {row['id']} is for another key than its flow"
        old = by_id.get(row["replaces_id"])
        expired = old is not None and old["not_after"] < row["intended_at"]
        yield from _unproved(records, flow, _needed(flow, expired=expired))
        if flow["kind"] == "apply" and (flow["id"], env.firm.consent.version) not in consents:
            yield f"certificate {row['id']} was issued without today's consent"
        wanted = {"issuing": {"acting"}, "closed": {"acting", "done"}}
        if flow["state"] not in wanted.get(row["state"], {"done"}):
            yield f"certificate {row['id']} is {row['state']} and its flow {flow['state']}"


def _ended_unproved(env: Env, records: Records) -> Iterator[str]:
    """A revoked certificate was revoked by a proved flow about it."""
    ending = {}
    for event, details, _ in records.told:
        if event in {"certificate:revoked", "certificate:loss-reported"}:
            ending[details["serial"]] = (event, records.flows[details["flow"]])
    for row in records.certificates:
        if row["state"] != "revoked":
            continue
        event, flow = ending[row["serial"]]
        lost = event == "certificate:loss-reported"
        if flow["kind"] != ("report-loss" if lost else "revoke") or flow["state"] != "done":
            yield f"certificate {row['id']} was ended by a {flow['state']} {flow['kind']}"
        if flow["customer_id"] != row["customer_id"]:
            yield f"certificate {row['id']} was ended by somebody else"
        if not lost and flow["target"] != row["serial"]:
            yield f"certificate {row['id']} was ended by a flow about another"
        yield from _unproved(records, flow, _needed(flow, expired=False))


def _carried_unproved(env: Env, records: Records) -> Iterator[str]:
    """What was exported or imported was so by a proved flow about it, once."""
    owners = {row["serial"]: row["customer_id"] for row in records.certificates}
    for kind in ("export", "import"):
        for flow_id, count in records.told_about("flow", f"certificate:{kind}ed").items():
            flow = records.flows[flow_id]
            code = {"code"} if kind == "export" and env.firm.certificate.export_code else set()
            yield from _unproved(records, flow, _needed(flow, expired=False) | code)
            if (flow["kind"], flow["state"], count) != (kind, "done", 1):
                yield f"{kind}: {count} by a {flow['state']} {flow['kind']}"
            if flow["customer_id"] != owners[flow["target"]]:
                yield f"{kind} of somebody else's certificate"


def _doubled(env: Env, records: Records) -> Iterator[str]:
    for state in ("live", "issuing"):
        owners = [
            (r["customer_id"], r["channel"]) for r in records.certificates if r["state"] == state
        ]
        for owner, count in Counter(owners).items():
            if count > 1:
                yield f"customer {owner} has {count} certificates {state}"
    keys = Counter(row["key_id"] for row in records.certificates)
    yield from (f"key {key} was certified twice" for key, count in keys.items() if count > 1)


def _guessed(env: Env, records: Records) -> Iterator[str]:
    of_flow = Counter(code["flow"] for code in records.codes)
    tried = records.told_about("flow", "code:wrong", "code:exhausted", "code:accepted")
    for flow, count in tried.items():
        if count > TRIES_OF_A_CODE * of_flow[flow]:
            yield f"flow {flow}: {count} tries of {of_flow[flow]} codes"
    for code in records.codes:
        if code["tries"] > TRIES_OF_A_CODE:
            yield f"code {code['id']} was tried {code['tries']} times"
        if code["state"] == "open" and code["tries"] == TRIES_OF_A_CODE:
            yield f"code {code['id']} is open after its last try"


def _beyond_counts(env: Env, records: Records) -> Iterator[str]:
    """The day's caps, counted once more from codes and journal."""
    zone, policy = env.firm.identity.timezone, env.firm.code
    asked = Counter(
        (c["customer_id"], c["asked_at"].astimezone(zone).date()) for c in records.codes
    )
    yield from _more(asked, policy.max_per_day, "codes asked")
    wrong: Counter[Any] = Counter()
    revoked: Counter[Any] = Counter()
    for event, details, at in records.told:
        owner = records.flows[details["flow"]]["customer_id"] if "flow" in details else None
        day = at.astimezone(zone).date()
        wrong[owner, day] += event in {"code:wrong", "code:exhausted"}
        revoked[owner, day] += event == "certificate:revoked"
    yield from _more(wrong, policy.max_wrong_per_day, "wrong tries")
    yield from _more(revoked, env.firm.certificate.revoke_per_day, "revocations")


def _more(counts: Counter[Any], most: int, what: str) -> Iterator[str]:
    yield from (f"{n} {what} of {whom}" for whom, n in counts.items() if n > most)


def _unjournalled(env: Env, records: Records) -> Iterator[str]:
    """Each change of a row that matters has its entry, and exactly one."""
    serials: dict[str, list[str]] = {state: [] for state in (*LIVED, "issuing", "closed")}
    for row in records.certificates:
        serials[row["state"]].append(row["serial"])
    every = [serial for rows in serials.values() for serial in rows]
    lived = [serial for state in LIVED for serial in serials[state]]
    flows, codes = list(records.flows.values()), records.codes
    expected = {
        ("serial", "certificate:intended"): every,
        ("serial", "certificate:issued", "certificate:renewed"): lived,
        ("serial", "certificate:revoked", "certificate:loss-reported"): serials["revoked"],
        ("serial", "certificate:closed"): serials["closed"],
        ("flow", "flow:opened"): [f["id"] for f in flows],
        ("flow", "flow:abandoned"): [f["id"] for f in flows if f["state"] == "abandoned"],
        ("flow", "code:sent"): [c["flow"] for c in codes],
        ("flow", "code:accepted"): [c["flow"] for c in codes if c["state"] == "used"],
        ("flow", "consent:given"): list(Consent.objects.values_list("flow", flat=True)),
        ("share", "share:made"): list(records.shares),
        ("share", "certificate:imported"): [
            share["id"] for share in records.shares.values() if share["certificate_id"]
        ],
    }
    for (detail, *events), rows in expected.items():
        told = records.told_about(detail, *events)
        for name in (told - Counter(rows)) + (Counter(rows) - told):
            yield f"{' or '.join(events)}: {told[name]} entries, {rows.count(name)} rows of {name}"


def _uncounted(env: Env, records: Records) -> Iterator[str]:
    """What the caps look at is what happened: no count below the journal's."""
    tallied = {(t.what, t.whom): 0 for t in Tally.objects.all()}
    for tally in Tally.objects.all():
        tallied[tally.what, tally.whom] += tally.n
    asked = Counter(str(code["customer_id"]) for code in records.codes)
    for whom, count in asked.items():
        if tallied.get(("code-asked", whom), 0) != count:
            yield f"{count} codes of {whom}, of which {tallied.get(('code-asked', whom))} counted"


def _unnoticed(env: Env, records: Records) -> Iterator[str]:
    """Each change of a certificate is in the outbox once for each channel it goes by."""
    on_file: dict[int, set[str]] = {}
    for customer, channel in Contact.objects.values_list("customer_id", "channel"):
        on_file.setdefault(customer, set()).add(channel)
    wanted: list[str] = []
    for row in records.certificates:
        has = on_file.get(row["customer_id"], set())
        ways = has & set(env.firm.notify.cert_change_channels) or has
        acts = [row["act"]] * (row["state"] in LIVED) + ["revoke"] * (row["state"] == "revoked")
        wanted += [f"certificate:{row['serial']}:{act}:{way}" for act in acts for way in ways]
        carried = {"certificate:exported": "export", "certificate:imported": "import"}
        for event, told, _ in records.told:
            if event in carried and told["serial"] == row["serial"]:
                name = f"certificate:{row['serial']}:{carried[event]}:{told['flow']}"
                wanted += [f"{name}:{way}" for way in ways]
    posted = Outbox.objects.filter(kind="certificate-changed").values_list("key", flat=True)
    yield from (f"{key} was posted or not" for key in set(wanted) ^ set(posted))


def _readable_shares(env: Env, records: Records) -> Iterator[str]:
    """What ended is cut off from its device, what lives is not; a share is for one key."""
    for row in records.certificates:
        readable = records.shares[row["share_id"]]["sealed"] is not None
        if readable is (row["state"] in ENDED):
            yield f"the share of certificate {row['id']}, {row['state']}, is readable: {readable}"
    states = {row["id"]: row["state"] for row in records.certificates}
    made = {row["share_id"] for row in records.certificates}
    for share in records.shares.values():
        if share["certificate_id"] and share["sealed"] is not None:
            if states[share["certificate_id"]] != "live":
                yield f"the copy's share {share['id']} is readable after its certificate's end"
            if share["id"] in made:
                yield f"share {share['id']} is both of a copy and where a key was made"
    uses = Counter(row["share_id"] for row in records.certificates)
    yield from (f"share {share} is used {n} times" for share, n in uses.items() if n > 1)

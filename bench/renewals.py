"""A mass renewal: everybody's certificate is in its window, and everybody renews.

    python -m bench renewals            100,000 customers
    python -m bench renewals=2000       as many as you say

Each renewal is what the page calls: open the flow, make the key share, present a request signed
by the old key, finish; five durable transactions and the signer's ledger. Customers are
imported; their certificates and shares are rows like those of one real application, whose key
is the old key of all. New keys, requests and the old key's signatures are made block by block
outside the measured time. After each block the journal is sequenced and a checkpoint signed, as
the worker does, timed by itself. The signer runs in this process, so that its work counts.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from pathlib import Path

from bench.issue import _bare, _template
from bench.numbers import identifier
from bench.world import Cost, build, cost, micros, prove_code, ratios
from cinnabar.certificates import shares
from cinnabar.certificates.actions import apply, issue
from cinnabar.certificates.models import Certificate, KeyShare
from cinnabar.certificates.states import State
from cinnabar.customers.models import Customer as CustomerRow
from cinnabar.env import Env
from cinnabar.flows.visitor import Visitor
from cinnabar.journal.notary import Notary, create_notary
from cinnabar.journal.sequencer import tick
from tests.support.centre import Customer
from tests.support.customers import add_customers
from tests.support.device import Device

COUNT, BLOCKS, YARDSTICKS = 100_000, 50, 100
_AT_ONCE, _LEAST = 5_000, 40


@dataclass(frozen=True, slots=True)
class Prepared:
    """A customer before his browser, the request made and signed by the old key."""

    visitor: Visitor
    request: bytes
    signature: bytes


@dataclass(frozen=True, slots=True)
class Block:
    """What one block of renewals cost, each; and the bare cryptography of some of them."""

    ours: Cost
    bare: Cost
    journal: float


def run(count: int = COUNT) -> dict[str, float]:
    """Return the ratios of the last tenth to the first and to bare cryptography, and costs.

    Processor time is taken as a multiple of the cryptography's in the same block, which takes
    out what the machine did beside; time by the clock and the journal's are as they were.
    """
    env = build()
    old = Device()
    visitors = _customers(env, count, old)
    each = max(_LEAST, count // BLOCKS)
    blocks = []
    with tempfile.TemporaryDirectory(prefix="cinnabar-bench-") as folder:
        notary = create_notary(Path(folder) / "journal.key", name="bench/journal", dice=env.dice)
        begun = time.monotonic()
        for start in range(0, count - each + 1, each):
            prepared = [_prepare(visitor, old) for visitor in visitors[start : start + each]]
            blocks.append(_block(env, prepared, notary, Path(folder) / "checkpoints.log"))
            _say(start + each, count, blocks[-1], begun)
    _look(len(blocks) * each)
    return _figures(blocks)


def _figures(blocks: Sequence[Block]) -> dict[str, float]:
    tenth = max(1, len(blocks) // 10)
    first, last = blocks[:tenth], blocks[-tenth:]

    def grown(costs: Callable[[Block], float]) -> float:
        return statistics.median(map(costs, last)) / statistics.median(map(costs, first))

    ours, bare = [b.ours for b in blocks], [b.bare for b in blocks]
    return {
        "renewals_last_vs_first": grown(lambda block: block.ours.wall),
        "renewals_last_vs_first_cpu": grown(lambda b: b.ours.cpu / b.bare.cpu),
        "renewals_last_vs_first_journal": grown(lambda block: block.journal),
        **ratios("renewal_vs_cryptography", bare, ours),
        "renewals_per_s": len(blocks) / sum(c.wall for c in ours),
        "renewal_us": micros(ours, 1),
        "renewal_cpu_us": sum(c.cpu for c in ours) / len(ours) * 1e6,
        "cryptography_us": micros(bare, 1),
        "journal_us": sum(b.journal for b in blocks) / len(blocks) * 1e6,
    }


def _block(env: Env, prepared: Sequence[Prepared], notary: Notary, outside: Path) -> Block:
    some = prepared[:: max(1, len(prepared) // YARDSTICKS)]
    template = _template()
    bare = cost([partial(_bare, template, one.request) for one in some])
    ours = cost([partial(_renew, env, one) for one in prepared])
    begun = time.perf_counter()
    while tick(env, notary, outside).sequenced:
        pass
    journal = (time.perf_counter() - begun) / len(prepared)
    return Block(_each(ours, len(prepared)), _each(bare, len(some)), journal)


def _renew(env: Env, one: Prepared) -> None:
    """Do what the page's script asks the server for, in its order."""
    flow = apply.open_renewal(env, one.visitor).id
    share = shares.make(env, one.visitor).id
    apply.present_request(
        env, one.visitor, flow, one.request, share=share, old_signature=one.signature
    )
    issue.issue(env, one.visitor, flow, consent=None, language="zh-Hant-TW")


def _prepare(visitor: Visitor, old: Device) -> Prepared:
    request = Device().request()
    return Prepared(visitor=visitor, request=request, signature=old.sign(request))


def _customers(env: Env, count: int, old: Device) -> list[Visitor]:
    """Import customers and give each a certificate that ends in a week; return them signed in."""
    for start in range(0, count + 1, _AT_ONCE):
        numbers = range(start, min(start + _AT_ONCE, count + 1))
        add_customers(env, [_row(number) for number in numbers])
    found = CustomerRow.objects.order_by("id").values_list("id", "subject")
    model, *visitors = [_visitor(env, *row) for row in found]
    _apply(env, model, old)
    first = Certificate.objects.get()
    ends = env.clock.now().replace(microsecond=0) + timedelta(days=7)
    for start in range(0, count, _AT_ONCE):
        some = visitors[start : start + _AT_ONCE]
        KeyShare.objects.bulk_create([_share(env, v) for v in some])
        Certificate.objects.bulk_create([_certificate(env, first, v, ends) for v in some])
    return visitors


def _row(number: int) -> dict[str, str]:
    return {
        "identifier": identifier(number),
        "name": "王小明",
        "mobile": f"09{number:08d}",
        "email": f"c{number}@example.com",
    }


def _visitor(env: Env, number: int, subject: str) -> Visitor:
    return Visitor(
        customer_id=number,
        subject=subject,
        session=env.dice.octets(32).hex(),
        device=env.dice.octets(32).hex(),
        amr=frozenset({"pwd"}),
        proved_at=env.clock.now(),
        address="127.0.0.1",
    )


def _apply(env: Env, model: Visitor, old: Device) -> None:
    """Let one customer apply; his certificate is the pattern of all others."""
    person = Customer(env, model, old)
    flow = person.open()
    person.present(flow)
    prove_code(env, flow)
    person.finish(flow)


def _share(env: Env, visitor: Visitor) -> KeyShare:
    return KeyShare(
        id=visitor.session[:26],
        customer_id=visitor.customer_id,
        device=visitor.device,
        sealed=env.dice.octets(61),
        made_at=env.clock.now(),
    )


def _certificate(env: Env, first: Certificate, visitor: Visitor, ends: object) -> Certificate:
    fresh = env.dice.octets(32).hex()
    made = {f.attname: getattr(first, f.attname) for f in Certificate._meta.concrete_fields}  # noqa: SLF001 - Django documents it
    return Certificate(
        **{
            **made,
            "id": None,
            "customer_id": visitor.customer_id,
            "serial": fresh[:32],
            "key_id": fresh,
            "flow": visitor.session[26:52],
            "share_id": visitor.session[:26],
            "not_after": ends,
            "state": State.LIVE.value,
        }
    )


def _each(whole: Cost, count: int) -> Cost:
    return replace(whole, wall=whole.wall / count, cpu=whole.cpu / count)


def _say(done: int, of: int, block: Block, begun: float) -> None:
    left = (time.monotonic() - begun) / done * (of - done) / 60
    sys.stderr.write(f"\r{done:>8,} of {of:,}: {block.ours.wall * 1e6:,.0f} us each, ")
    sys.stderr.write(f"{left:.1f} min left ")
    sys.stderr.flush()


def _look(count: int) -> None:
    """Make sure that what was measured happened."""
    sys.stderr.write("\n")
    renewed = Certificate.objects.filter(state=State.SUPERSEDED).count()
    if renewed != count:
        msg = f"{renewed} of {count} were renewed"
        raise AssertionError(msg)

"""Revocation lists are signed by timer and by event, full and delta (REV-01, REV-02)."""

from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography import x509

from cinnabar.certificates.models import Certificate, PublishedCrl
from cinnabar.certificates.publishing import publish
from cinnabar.journal.models import Entry
from cinnabar.signer.protocol import SignerUnavailable
from tests.support.authority import AwaySigner
from tests.support.centre import Customer
from tests.support.lists import (
    base,
    deltas,
    full_lists,
    lists,
    number,
    point,
    serials,
    with_shards,
    work_until,
    written,
)
from tests.support.people import visit
from tests.support.rollover import signer_of_two
from tests.support.world import make_env

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)


@pytest.fixture
def env(env, clock):
    """A firm with one list."""
    return make_env(firm=with_shards(env.firm, 0), clock=clock)


@pytest.fixture
def at_home(env, ming):
    return Customer(env, visit(env, ming))


def ended(at_home, clock) -> int:
    """Issue a certificate and revoke it a minute later; return its serial."""
    issued = at_home.apply()
    clock.move(seconds=61)
    at_home.revoke()
    return int(issued.serial, 16)


def test_the_full_list_says_where_its_delta_lies_and_the_delta_which_list_it_adds_to(env):
    assert publish(env) == 2
    (name, full), (delta_name, delta) = sorted(lists().items())
    assert delta_name == f"{name}-delta"
    freshest = full.extensions.get_extension_for_class(x509.FreshestCRL)
    assert not freshest.critical
    assert freshest.value[0].full_name[0].value == f"{env.base_url}/crl/{delta_name}.crl"
    indicator = delta.extensions.get_extension_for_class(x509.DeltaCRLIndicator)
    assert indicator.critical
    assert (base(delta), number(delta)) == (number(full), number(full) + 1)
    assert (point(full), point(delta)) == (None, None)


def test_nothing_is_signed_again_before_it_is_due(env, clock):
    publish(env)
    clock.move(env.firm.status.crl_cadence / 4 - SECOND)
    assert publish(env) == 0
    clock.move(SECOND)
    assert publish(env) == 1, "a delta, four in a cadence"
    clock.move(env.firm.status.crl_cadence * 3 / 4)
    assert publish(env) == 2


def test_a_revocation_is_on_both_lists_three_seconds_after_the_ones_before(env, clock, at_home):
    publish(env)
    serial = ended(at_home, clock)
    assert publish(env) == 2
    assert serials(full_lists()) == serials(deltas()) == {serial}
    clock.move(seconds=2)
    other = written(env, at_home.visitor.customer_id)
    assert publish(env) == 0
    clock.move(seconds=1)
    assert publish(env) == 2
    assert serials(full_lists()) == serials(deltas()) == {serial, other}


def test_a_revocation_that_commits_late_is_on_a_list_all_the_same(env, clock, ming):
    """Its own time is before that of a list which was signed before it could be seen."""
    publish(env)
    began = clock.now()
    clock.move(seconds=10)
    seen = written(env, ming.id)
    clock.move(seconds=1)
    publish(env)
    late = written(env, ming.id, revoked_at=began + 5 * SECOND)
    clock.move(seconds=13)
    publish(env)
    assert serials(full_lists()) == {seen}, "nothing newer than the list is there"
    clock.move(seconds=1)
    publish(env)
    assert serials(full_lists()) == serials(deltas()) == {seen, late}


def test_whoever_holds_any_list_in_force_may_add_the_delta_to_it(env, clock, at_home):
    ended(at_home, clock)
    held = {}
    for _ in range(30):
        publish(env)
        (full,) = full_lists().values()
        held[number(full)] = full
        clock.move(env.firm.status.crl_cadence)
    publish(env)
    (delta,) = deltas().values()
    in_force = [n for n, crl in held.items() if crl.next_update_utc > clock.now()]
    assert base(delta) <= min(in_force)
    assert base(delta) in held


def test_a_delta_tells_what_ended_since_its_base_and_no_more(env, clock, at_home):
    old = ended(at_home, clock)
    work_until(env, clock, clock.now() + env.firm.status.crl_validity + timedelta(hours=2))
    assert (serials(full_lists()), serials(deltas())) == ({old}, set())
    new = written(env, at_home.visitor.customer_id)
    clock.move(seconds=4)
    publish(env)
    assert (serials(full_lists()), serials(deltas())) == ({old, new}, {new})


def test_what_expired_is_on_one_more_list_by_the_timer_and_then_on_none(env, clock, at_home):
    """RFC 5280 3.3: it must be seen on a list that came after its end."""
    serial = ended(at_home, clock)
    publish(env)
    clock.move(env.firm.status.crl_cadence - SECOND)
    Certificate.objects.update(not_after=clock.now())
    clock.move(SECOND)
    publish(env)
    assert serials(full_lists()) == {serial}
    clock.move(env.firm.status.crl_cadence)
    publish(env)
    assert serials(full_lists()) == set()


def test_a_list_by_event_does_not_take_an_expired_one_off(env, clock, at_home):
    serial = ended(at_home, clock)
    publish(env)
    Certificate.objects.update(not_after=clock.now())
    for _ in range(5):
        clock.move(seconds=20)
        Certificate.objects.update(revoked_at=clock.now())
        publish(env)
    assert serials(full_lists()) == {serial}


def test_a_long_list_rests_longer_and_its_delta_does_not(env, clock, at_home):
    publish(env)
    PublishedCrl.objects.filter(delta=False).update(entries=1_000_000)
    serial = ended(at_home, clock)
    publish(env)
    assert (serials(full_lists()), serials(deltas())) == (set(), {serial})
    clock.move(seconds=40)
    publish(env)
    assert serials(full_lists()) == {serial}


def test_numbers_rise_over_full_lists_and_deltas(env, clock, ming):
    seen = []
    for _ in range(3):
        publish(env)
        seen += sorted(number(crl) for crl in lists().values())
        written(env, ming.id)
        clock.move(seconds=3)
    assert seen == sorted(set(seen))
    assert len(seen) == 6


def test_a_clock_put_back_takes_no_number_twice(env, clock):
    publish(env)
    before = {name: number(crl) for name, crl in lists().items()}
    PublishedCrl.objects.update(scheduled_at=clock.now() - timedelta(days=1))
    clock.move(seconds=-200)
    publish(env)
    after = {name: number(crl) for name, crl in lists().items()}
    assert all(after[name] > before[name] for name in before)


def test_each_generation_has_lists_of_its_own(env, clock, ming):
    both = replace(env, signer=signer_of_two(env.firm, clock))
    customer = Customer(both, visit(both, ming))
    serial = ended(customer, clock)
    assert publish(both) == 4
    newest, before = both.signer.authorities()
    names = {known.generation: known.issuing_key_id[:16] for known in (newest, before)}
    assert serials({"": lists()[names[2]]}) == {serial}
    assert serials({"": lists()[names[1]]}) == set()


def test_without_a_signer_the_lists_stay_and_the_trouble_is_told(env, clock):
    publish(env)
    before = {name: number(crl) for name, crl in lists().items()}
    clock.move(env.firm.status.crl_cadence)
    with pytest.raises(SignerUnavailable):
        publish(replace(env, signer=AwaySigner(env.signer)))
    assert {name: number(crl) for name, crl in lists().items()} == before


class Dying(AwaySigner):
    """A signer that signs and records, and whose answer never arrives."""

    def __init__(self, known):
        super().__init__(known)
        self._signer = known

    def sign_crl(self, tbs: bytes) -> bytes:
        self._signer.sign_crl(tbs)
        raise SignerUnavailable


def test_a_number_that_was_signed_and_lost_is_not_used_for_another_list(env, clock, ming):
    with pytest.raises(SignerUnavailable):
        publish(replace(env, signer=Dying(env.signer)))
    lost = int(clock.now().timestamp())
    serial = written(env, ming.id)
    assert publish(env) == 0
    clock.move(seconds=1)
    publish(env)
    assert min(number(crl) for crl in lists().values()) > lost
    assert serials(full_lists()) == {serial}


def test_every_list_is_in_the_journal(env):
    publish(env)
    told = Entry.objects.filter(event="crl:published").values_list("payload", flat=True)
    assert all(any(f'"list":"{name}"' in payload for payload in told) for name in lists())


def test_lists_that_are_of_no_use_any_more_are_forgotten(env, clock):
    work_until(env, clock, clock.now() + 3 * env.firm.status.crl_validity)
    held = PublishedCrl.objects.all()
    assert all(row.next_update >= clock.now() for row in held)
    assert sum(row.der is not None for row in held) == 2

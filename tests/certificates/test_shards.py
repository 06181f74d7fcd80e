"""Lists sharded by issue date: each certificate on the one it points to (RFC 5280 5.2.5)."""

from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography import x509

from cinnabar.certificates.models import Certificate
from cinnabar.certificates.publishing import publish
from cinnabar.pki.authority import shard_for
from tests.support.centre import Customer
from tests.support.lists import (
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
from tests.support.world import make_env

pytestmark = pytest.mark.django_db

WEEK = timedelta(days=7)


@pytest.fixture
def env(env, clock):
    """A firm with a list for each week."""
    return make_env(firm=with_shards(env.firm, 7), clock=clock)


def points_to(der: bytes) -> str:
    certificate = x509.load_der_x509_certificate(der)
    points = certificate.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    return str(points[0].full_name[0].value)


def test_a_certificate_points_to_the_list_of_its_week_and_is_on_it(env, clock, ming):
    customer = Customer(env, visit(env, ming))
    issued = customer.apply()
    clock.move(seconds=61)
    customer.revoke()
    publish(env)
    url = points_to(issued.der)
    (of_it,) = [
        crl for crl in full_lists().values() if int(issued.serial, 16) in serials({"": crl})
    ]
    assert point(of_it) == url
    name = url.removeprefix(f"{env.base_url}/crl/").removesuffix(".crl")
    assert serials({"": full_lists()[name]}) == {int(issued.serial, 16)}
    assert f"-{Certificate.objects.get().shard}" in name


def test_what_was_issued_in_another_week_is_on_another_list(env, clock, ming):
    first = written(env, ming.id)
    clock.move(WEEK)
    second = written(env, ming.id)
    publish(env)
    with_lines = [serials({"": crl}) for crl in full_lists().values() if len(crl)]
    assert sorted(with_lines, key=min) == sorted([{first}, {second}], key=min)


def test_every_list_says_exactly_where_it_lies_and_so_does_its_delta(env, clock, ming):
    written(env, ming.id)
    publish(env)
    assert len(full_lists()) == 2, "that of the week, and one for what has no week"
    for name, crl in lists().items():
        assert point(crl) == f"{env.base_url}/crl/{name.removesuffix('-delta')}.crl"


def test_each_list_has_numbers_of_its_own_that_rise(env, clock, ming):
    written(env, ming.id)
    publish(env)
    before = {name: number(crl) for name, crl in lists().items()}
    work_until(env, clock, clock.now() + env.firm.status.crl_cadence)
    assert all(number(crl) > before[name] for name, crl in lists().items())


def test_a_revocation_touches_only_the_lists_of_its_week(env, clock, ming):
    written(env, ming.id)
    clock.move(WEEK)
    publish(env)
    clock.move(seconds=20)
    before = {name: number(crl) for name, crl in lists().items()}
    written(env, ming.id)
    assert publish(env) == 2
    assert {name for name, crl in lists().items() if number(crl) != before.get(name)} == {
        name for name, crl in lists().items() if clock.now() == crl.last_update_utc
    }


def test_a_list_goes_on_until_its_last_certificate_ended_and_stays_while_it_holds(env, clock, ming):
    end = clock.now() + timedelta(days=2)
    serial = written(env, ming.id, not_after=end)
    work_until(env, clock, end + env.firm.status.crl_cadence)
    (name,) = [name for name, crl in full_lists().items() if serial in serials({"": crl})]
    last = full_lists()[name]
    assert last.last_update_utc > end, "one by the timer after its end"
    work_until(env, clock, last.next_update_utc)
    assert number(full_lists()[name]) == number(last)
    work_until(env, clock, last.next_update_utc + env.firm.status.crl_cadence)
    assert name not in lists()
    assert f"{name}-delta" not in lists()


def test_what_was_issued_while_no_worker_ran_gets_its_list(env, clock, ming):
    publish(env)
    shard = shard_for(clock.now(), env.firm.status.crl_shard_days)
    clock.move(2 * WEEK)
    serial = written(env, ming.id, shard=shard)
    publish(env)
    assert serials(full_lists()) == serials(deltas()) == {serial}


def test_the_lists_of_before_go_on_when_a_firm_gives_sharding_up(env, clock, ming):
    sharded = written(env, ming.id)
    publish(env)
    later = replace(env, firm=with_shards(env.firm, 0))
    clock.move(env.firm.status.crl_cadence)
    whole = written(later, ming.id)
    publish(later)
    assert {frozenset(serials({"": crl})) for crl in full_lists().values()} == {
        frozenset({sharded}),
        frozenset({whole}),
    }
    assert None not in {point(crl) for crl in lists().values()}

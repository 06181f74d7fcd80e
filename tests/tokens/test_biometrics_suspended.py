"""What suspends biometrics (P227, BIO-03), that nothing gets round it, and the way back."""

from dataclasses import replace

import pytest

from cinnabar.customers.models import Contact
from cinnabar.journal.events import Event
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.kernel.secrets import Password
from cinnabar.login.soft import biometrics
from cinnabar.passwords.actions import set_password
from cinnabar.tokens.models import NewDevice
from cinnabar.tokens.soft import proving, suspending
from tests.support.biometrics import Phone, suspend, with_biometrics
from tests.support.mail import received
from tests.support.passkeys import recorded
from tests.support.people import visit
from tests.support.soft import PIN


@pytest.fixture
def env(env):
    return with_biometrics(env)


@pytest.fixture
def phone(env, ming):
    """王小明's telephone, with biometrics on since a minute ago."""
    phone = Phone(env, replace(visit(env, ming), channel="mobile")).bind()
    phone.switch_on()
    phone.later(seconds=60)
    return phone


def refused(act, *args, **more):
    with pytest.raises(Refused) as caught:
        act(*args, **more)
    return caught.value


def suspended(phone):
    """Expect biometrics to be refused, the PIN to go, and the way back to lead back."""
    refusal = refused(phone.use)
    assert refusal.refusal is Refusal.BIOMETRICS_SUSPENDED
    said = phone.sign("sign-in", {}, PIN)
    whose = proving.bearer(phone.visitor.session)
    assert proving.by_pin(phone.env, whose, said, "sign-in", {}, lambda held: held.key_id)
    (why,) = refusal.facts["why"]
    return why.removeprefix("biometrics.why-")


def told(env):
    return [one for one in received(env) if "生物認證" in one.text and "暫停" in one.text]


def test_another_password_whoever_set_it(env, phone, ming):
    """Not even the way of the import, which says nothing to anybody, gets round it."""
    set_password(env, ming.id, Password("another99"))
    assert suspended(phone) == "password-changed"
    (said,) = recorded(Event.BIOMETRICS_SUSPENDED)
    assert (said["details"]["why"], said["details"]["devices"]) == ("password-changed", 1)
    assert told(env)
    phone.switch_on()
    assert phone.use()


def test_another_telephone_number_on_file(env, phone, ming):
    Contact.objects.filter(customer_id=ming.id, channel="sms").delete()
    assert suspended(phone) == "phone-changed"


def test_a_sign_in_to_the_app_on_a_new_device(env, phone, ming):
    suspending.arrived(env, ming.id, "n" * 64)
    assert suspended(phone) == "new-device"


def test_the_telephone_itself_is_no_new_device(env, phone, ming):
    suspending.arrived(env, ming.id, phone.visitor.device)
    assert phone.use()


def test_devices_that_came_before_biometrics_were_switched_on_do_not_matter(env, phone, ming):
    suspending.arrived(env, ming.id, "n" * 64)
    phone.later(seconds=1)
    phone.switch_on()
    assert phone.use()


def test_the_worker_writes_arrivals_down_and_tells_the_customer(env, phone, ming):
    suspending.arrived(env, ming.id, "n" * 64)
    assert told(env) == []
    assert suspending.settle(env) == 1
    assert not NewDevice.objects.exists()
    assert (phone.row.biometrics, phone.row.biometrics_why) == ("suspended", "new-device")
    assert told(env)
    assert suspending.settle(env) == 0
    assert suspended(phone) == "new-device"


def test_long_disuse(env, phone):
    phone.use()
    phone.later(days=env.firm.token.unused.days - 1)
    assert phone.use()
    phone.later(days=env.firm.token.unused.days)
    assert suspended(phone) == "unused"


def test_staff(env, phone, ming):
    assert suspending.by_staff(env, ming.id, case="C-17") == 1
    assert suspended(phone) == "staff"
    (said,) = recorded(Event.BIOMETRICS_SUSPENDED)
    assert (said["by"], said["details"]["case"]) == ("branch", "C-17")
    assert suspending.by_staff(env, ming.id, case="C-18") == 0


def test_what_nobody_said_is_found_by_the_worker(env, phone, ming):
    assert suspending.look_all(env) == 0
    set_password(env, ming.id, Password("another99"))
    assert suspending.look_all(env) == 1
    assert phone.row.biometrics_why == "password-changed"
    assert len(told(env)) >= 1


def test_a_cause_that_the_firm_leaves_out_suspends_nothing(env, phone, ming):
    token = replace(env.firm.token, suspend_biometrics=("new-device",))
    other = replace(env, firm=replace(env.firm, token=token))
    set_password(other, ming.id, Password("another99"))
    phone.env = other
    assert suspend(other, ming.id, "password-changed") == 0
    assert phone.use()


def test_only_the_others_are_suspended_by_a_device_that_is_bound(env, phone, ming):
    newer = Phone(env, replace(visit(env, ming), channel="mobile")).bind()
    newer.switch_on()
    assert suspend(env, ming.id, "new-device", but=newer.row.id) == 1
    assert newer.stands == "on"
    assert suspended(phone) == "new-device"


def test_another_customers_biometrics_stay_on(env, phone, mei):
    theirs = Phone(env, visit(env, mei)).bind()
    theirs.switch_on()
    assert suspend(env, mei.id, "staff") == 1
    assert phone.stands == "on"


def test_switching_off_what_is_suspended_leaves_nothing_to_switch_on_by_itself(env, phone, ming):
    suspend(env, ming.id, "staff")
    phone.switch_off()
    assert biometrics.here(env, phone.visitor).standing.state == ""
    assert refused(phone.use).refusal is Refusal.BIOMETRICS_NONE


def test_a_password_that_only_moved_to_each_account_is_the_same_password(env, phone, ming):
    from cinnabar.centre.consolidate import unconsolidate
    from cinnabar.customers import queries

    if queries.view(env, ming.id).consolidated and queries.accounts(ming.id):
        unconsolidate(env, queries.view(env, ming.id), case="C-1")
        assert phone.use()

"""Customers known by name in every test; what they are called at the door is the firm's choice."""

import pytest

from cinnabar.customers import queries
from cinnabar.customers.queries import CustomerView
from cinnabar.env import Env
from cinnabar.firm import load_firm
from cinnabar.flows.visitor import Visitor
from cinnabar.kernel.secrets import Password
from cinnabar.login.actions import resume
from cinnabar.passwords.actions import set_password
from cinnabar.passwords.kinds import PasswordKind
from tests.support.customers import add_customer
from tests.support.place import FIRM
from tests.support.signing import sign_in

PASSWORD = Password("demo1234")
OTHER = Password("other5678")
WITHDRAWAL = Password("ab12CD")


NAMES = {
    "national_id": {
        "ming": "A123456789",
        "mei": "B223456782",
        "lin": "C123456781",
        "hua": "D223456784",
        "company": "22099131",
        "nobody": "F123456784",
    },
    "account_no": {
        "ming": "9999-0001",
        "mei": "9999-0002",
        "lin": "9999-0003",
        "hua": "9999-0004",
        "company": "9999-0005",
        "nobody": "9999-0006",
    },
}
"""What each types to sign in, by the first kind of identifier that the firm takes."""


CALLED = NAMES[load_firm(FIRM).login.id_kinds[0]]
"""The same for the firm of this cell."""


def called(env: Env, name: str) -> str:
    """Return what a customer of these types to sign in."""
    return NAMES[env.firm.login.id_kinds[0]][name]


def number(env: Env, digits: str) -> str:
    """Return a mobile number with these last eight digits, as the firm's country writes it."""
    mobiles = env.firm.mobiles
    return f"{mobiles.trunk}{mobiles.starts[0]}{digits[1 - mobiles.digits :]}"


@pytest.fixture
def ming(env: Env, db: None) -> CustomerView:
    """王小明: phone and e-mail on file."""
    return _known(env, "ming", "王小明", mobile="58123474", email="fredric@example.com")


@pytest.fixture
def mei(env: Env, db: None) -> CustomerView:
    """陳美華: a phone only."""
    return _known(env, "mei", "陳美華", mobile="12345678", email="")


@pytest.fixture
def lin(env: Env, db: None) -> CustomerView:
    """林大同: nothing on file."""
    return _known(env, "lin", "林大同", mobile="", email="")


@pytest.fixture
def hua(env: Env, db: None) -> CustomerView:
    """張雅華: a password for each account, that of her futures account another than the rest."""
    customer = add_customer(
        env,
        identifier=called(env, "hua"),
        name="張雅華",
        mobile=number(env, "33000222"),
        email="hua@example.com",
        consolidated="no",
        accounts="securities:台北:8100234;futures:期貨台北:8100567;overseas:複委託:8100891",
    )
    by_line = {one.line.value: one.id for one in queries.accounts(customer.id)}
    same = (by_line["securities"], by_line["overseas"])
    set_password(env, customer.id, PASSWORD, accounts=same)
    set_password(env, customer.id, OTHER, accounts=(by_line["futures"],))
    give_withdrawal(env, customer.id, by_line["futures"])
    return queries.view(env, customer.id)


def give_withdrawal(env: Env, customer_id: int, account: int | None = None) -> None:
    """Give the customer, or an account of his, a withdrawal password."""
    set_password(env, customer_id, WITHDRAWAL, kind=PasswordKind.WITHDRAWAL, accounts=(account,))


@pytest.fixture
def company(env: Env, db: None) -> CustomerView:
    """丹砂貿易有限公司: both on file, a company number."""
    return _known(env, "company", "丹砂貿易有限公司", mobile="22000111", email="office@example.com")


def visit(env: Env, customer: CustomerView, *, address: str = "127.0.0.1") -> Visitor:
    """Sign the customer in on a new device."""
    tokens = sign_in(env, customer.identifier, PASSWORD, address=address)
    found = resume(env, tokens.session, tokens.device, address=address)
    assert found is not None
    return found


def _known(env: Env, who: str, name: str, *, mobile: str, email: str) -> CustomerView:
    customer = add_customer(
        env,
        identifier=called(env, who),
        name=name,
        mobile=number(env, mobile) if mobile else "",
        email=email,
    )
    set_password(env, customer.id, PASSWORD)
    return queries.view(env, customer.id)

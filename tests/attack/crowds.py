"""Many customers and many strangers, named and reached as the firm of this run does it."""

from itertools import count, islice

from cinnabar.customers.models import Customer
from cinnabar.customers.queries import CustomerView, view
from cinnabar.env import Env
from cinnabar.kernel.identifiers import is_national_id
from cinnabar.kernel.secrets import Password
from tests.support.customers import add_customers
from tests.support.signing import sign_in


def strangers(env: Env, number: int, *, start: int = 0) -> list[str]:
    """Return identifiers of the right shape, of nobody in particular."""
    if env.firm.login.id_kinds[0] == "account_no":
        return [f"7{start // 10_000:03d}-{n:04d}" for n in range(number)]
    numbers = (f"A1{n:08d}" for n in count(start))
    return list(islice((one for one in numbers if is_national_id(one)), number))


def knock(env: Env, typed: str, password: Password, *, address: str) -> object:
    """Try a pair at the sign-in; raise `Refused` as that does, return what it leads to."""
    return sign_in(env, typed, password, address=address)


def begins(env: Env, block: int) -> str:
    """Return how the numbers of a range begin."""
    first = f"{env.firm.mobiles.trunk}{env.firm.mobiles.starts[0]}"
    return f"{first}{block:0{env.firm.code.sms_range_digits - len(first)}d}"


def people(
    env: Env, block: int, number: int, *, email: str = "a@example.com"
) -> list[CustomerView]:
    """Return that many new customers whose mobiles are of one range."""
    start = begins(env, block)
    length = len(env.firm.mobiles.trunk) + env.firm.mobiles.digits
    rows = [
        {
            "identifier": identifier,
            "name": "王小明",
            "mobile": f"{start}{n:0{length - len(start)}d}",
            "email": email,
            "accounts": f"securities:台北:{block:05d}{n:02d}",
        }
        for n, identifier in enumerate(strangers(env, number, start=block * 10_000))
    ]
    add_customers(env, rows)
    newest = Customer.objects.order_by("-id").values_list("id", flat=True)[:number]
    return [view(env, one) for one in reversed(newest)]

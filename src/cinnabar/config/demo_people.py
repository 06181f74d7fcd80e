"""Who a demo knows: the customers of the sample, each with what the sign-in page says of him."""

import tomllib
from importlib.resources import files

from cinnabar.customers.sample import sample_kind, sample_rows
from cinnabar.faces.web.request import DemoCustomer
from cinnabar.firm.model import Firm


def demo_customers(firm: Firm) -> tuple[DemoCustomer, ...]:
    """Return the customers of a demo of `firm`; one without a password is new."""
    rows = {row["identifier"]: row for row in sample_rows(firm)}
    file = files("cinnabar.config").joinpath("demo_customers", f"{sample_kind(firm)}.toml")
    listed = tomllib.loads(file.read_text("utf-8"))["customer"]
    return tuple(
        DemoCustomer(
            name=rows[one["identifier"]]["name"],
            birth=rows[one["identifier"]]["birth_date"].replace("-", ""),
            **one,
        )
        for one in listed
    )

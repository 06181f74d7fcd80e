"""Customers at their devices."""

import pytest

from tests.support.centre import Customer
from tests.support.people import visit


@pytest.fixture
def at_home(env, ming):
    """王小明, signed in at his own computer."""
    return Customer(env, visit(env, ming))

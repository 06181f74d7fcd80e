"""What a firm file may choose, the product can do."""

from typing import get_args, get_type_hints

from cinnabar.firm.login import LoginPolicy
from cinnabar.kernel.hashing import PROFILES


def test_every_argon2_profile_that_a_firm_may_name_exists():
    assert set(get_args(get_type_hints(LoginPolicy)["argon2"])) == set(PROFILES)

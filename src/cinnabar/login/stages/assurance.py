"""What an act asks of a session before it is done: the question of `flows.fresh`, by its name here.

`require(env, visitor, Assurance.TWO)` first in the action; the refusal leads to the step-up.
"""

from cinnabar.flows.assurance import Assurance
from cinnabar.flows.fresh import require, sure

__all__ = ["Assurance", "require", "sure"]

"""A browser that does the sum of the check against robots, as the pages' script does."""

import base64
import json

from altcha import Challenge, Payload, solve_challenge


def solved(given) -> str:
    """Return the answer to a sum, in base64, as a form sends it."""
    challenge = Challenge.from_dict(given)
    solution = solve_challenge(challenge)
    assert solution is not None
    return Payload(challenge, solution).to_base64()


def opened(answer: str):
    """Return what stands in an answer."""
    return json.loads(base64.b64decode(answer))


def closed(inside) -> str:
    """Return an answer in which this stands."""
    return base64.b64encode(json.dumps(inside).encode()).decode()

"""A firm with a soft token, and an app that is bound on the device of a session."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from cinnabar.env import Env
from cinnabar.firm.login import Method
from cinnabar.login import devices
from cinnabar.login.opening import SignedIn
from tests.support.soft import App, bind


def with_token(env: Env, **second_factor: Any) -> Env:
    """Return the same world under a firm with an app and a soft token, whatever its file says."""
    policy = env.firm.login.second_factor
    methods: tuple[Method, ...] = tuple({**dict.fromkeys(policy.methods), "soft-token": None})
    bound: dict[str, Any] = {"methods": methods, "bound_device": "device-key-with-pin"}
    factor = replace(policy, **{**bound, **second_factor})
    named: Mapping[str, str] = {str(one): "App" for one in env.firm.identity.languages}
    app = env.firm.app if env.firm.app.offered else replace(env.firm.app, offered=True, name=named)
    login = replace(env.firm.login, second_factor=factor)
    return replace(env, firm=replace(env.firm, login=login, app=app))


def bound_here(
    env: Env, customer_id: int, tokens: SignedIn, app: App | None = None, *, factor: bool = True
) -> App:
    """Bind an app on the device of a session."""
    name = devices.look(env, customer_id, tokens.device).name
    return bind(env, customer_id, app, device=name, factor=factor)

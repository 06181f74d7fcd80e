"""What a browser says it is (`User-Agent`, RFC 9110, 10.1.5), read for people.

It is a hint: whoever sends it may write what he likes. So only names on these lists come out of
it, and nothing else of the text ever reaches a page or a message.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from ua_parser import parse

_BROWSERS = {
    *("Chrome", "Edge", "Firefox", "Safari", "Opera", "Samsung Internet", "Vivaldi", "Brave"),
    *("DuckDuckGo", "UC Browser", "Huawei Browser", "MiuiBrowser", "LINE", "Facebook"),
}
_SYSTEMS = {
    "Windows": "Windows",
    "Mac OS X": "macOS",
    "iOS": "iOS",
    "Android": "Android",
    "Linux": "Linux",
    "Ubuntu": "Linux",
    "Debian": "Linux",
    "Fedora": "Linux",
    "Chrome OS": "ChromeOS",
    "HarmonyOS": "HarmonyOS",
}

_VARIANT = re.compile(r"^(?:Headless|Mobile )|(?: (?:Mobile|iOS|WebView|WebApp))+$")
"""What the parser adds to a name: `Mobile Safari`, `Chrome Mobile iOS`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent:
    """The browser and the system it says to be on; "" for one that is on no list."""

    browser: str
    system: str


@lru_cache(maxsize=512)
def read_agent(text: str) -> Agent:
    """Return what `text` says, as far as it is on the lists; total, whatever was sent."""
    found = parse(text)
    family = found.user_agent.family if found.user_agent else ""
    name = _VARIANT.sub("", family)
    system = found.os.family if found.os else ""
    return Agent(browser=name if name in _BROWSERS else "", system=_SYSTEMS.get(system, ""))

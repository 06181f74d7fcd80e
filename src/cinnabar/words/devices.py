"""A device in words: "Chrome on Windows"."""

from cinnabar.kernel.agents import read_agent
from cinnabar.words.speaker import Words


def device_in_words(words: Words, agent: str) -> str:
    """Return what the browser says it is, in the language of `words`; never its own text."""
    found = read_agent(agent)
    return named_in_words(words, found.browser, found.system)


def named_in_words(words: Words, browser: str, system: str) -> str:
    """Return the same from the names that `read_agent` gave; either may be ""."""
    if browser and system:
        return words.say("device.words", browser=browser, system=system)
    if browser:
        return words.say("device.browser-only", browser=browser)
    if system:
        return words.say("device.system-only", system=system)
    return words.say("device.browser")

"""A device in words: "Chrome on Windows"."""

from cinnabar.kernel.agents import read_agent
from cinnabar.words.speaker import Words


def device_in_words(words: Words, agent: str) -> str:
    """Return what the browser says it is, in the language of `words`; never its own text."""
    found = read_agent(agent)
    if found.browser and found.system:
        return words.say("device.words", browser=found.browser, system=found.system)
    if found.browser:
        return words.say("device.browser-only", browser=found.browser)
    if found.system:
        return words.say("device.system-only", system=found.system)
    return words.say("device.browser")

"""The two words of a key: the same on both sides, others for another key, easy to tell apart."""

import hashlib

import pytest

from cinnabar.tokens.soft.words import pair, words_of
from cinnabar.words import languages

KEY = "ab" * 32


@pytest.mark.parametrize("language", languages())
def test_each_language_has_256_words_and_none_twice(language):
    words = words_of(language)
    assert len(words) == len(set(words)) == 256
    assert all(2 <= len(word) <= 10 for word in words)


def test_the_words_follow_from_the_keys_name_alone():
    first, second = hashlib.sha256(b"cinnabar word pair v1\n" + KEY.encode()).digest()[:2]
    english = words_of("en")
    assert pair("en", KEY) == f"{english[first]}・{english[second]}"
    chinese = words_of("zh-Hant-HK")
    assert pair("zh-Hant-HK", KEY) == f"{chinese[first]}・{chinese[second]}"


def test_of_a_hundred_keys_hardly_two_have_the_same_words():
    pairs = {pair("en", f"{n:064x}") for n in range(100)}
    assert len(pairs) >= 99

"""Which language a browser is answered in."""

import pytest

from cinnabar.faces.web.language import best

ALL = ("zh-Hant-TW", "zh-Hant-HK", "en")


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("zh-HK,zh;q=0.9,en;q=0.8", "zh-Hant-HK"),
        ("zh-Hant-HK", "zh-Hant-HK"),
        ("zh-TW", "zh-Hant-TW"),
        ("zh", "zh-Hant-TW"),
        ("zh-MO, en", "zh-Hant-TW"),
        ("EN-gb;q=1", "en"),
        ("fr, en-GB", "en"),
        ("fr", None),
        ("", None),
        ("z", None),
        ("*", None),
        (",;-", None),
    ],
)
def test_the_region_decides_between_two_ways_of_writing_one_language(asked, found):
    assert best(asked, ALL) == found


def test_a_firm_that_writes_it_one_way_answers_every_region_that_way():
    assert best("zh-TW,en;q=0.5", ("zh-Hant-HK", "en")) == "zh-Hant-HK"
    assert best("zh-HK", ("zh-Hant-TW", "en")) == "zh-Hant-TW"

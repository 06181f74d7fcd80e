"""Every sentence, in every language: there, complete, fillable, and written as people write."""

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import get_args

import pytest

from cinnabar.firm import FirmFileError, load_firm, parse_firm
from cinnabar.firm.identity import Language
from cinnabar.firm.shape import placeholders
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.kernel.secrets import Digits
from cinnabar.words import (
    CatalogueError,
    UnknownWordError,
    Words,
    catalogue,
    languages,
    refuse_unknown,
)
from cinnabar.words.catalogue import read_topic
from cinnabar.words.variants import PREFIX
from tests.firm.support import changed

TAIWAN = load_firm("taiwan")
WORDS = Path(__file__).parents[2] / "src/cinnabar/words"
CHINESE = ("zh-Hant-TW", "zh-Hant-HK")
TAIWANS_OWN = (
    *("簡訊", "郵箱地址", "網路", "線上", "帳號", "憑證", "認證碼", "金鑰", "註銷", "行動電話"),
    *("身分", "分公司", "語音", "委託", "下單", "出金", "裡", "著", "軟體", "滑鼠", "螢幕", "西元"),
    *("臺", "電子郵件", "E-mail", "Email", "簽章", "隨身碟", "客服", "主管機關", "統編", "歸戶"),
    *("留存", "我們的人員", "任一分行", "寄到", "這則", "辨識", "變更"),
)
OWN_TOPICS = ("formats.toml", "refusals.toml")
ALWAYS = {"firm", "hotline", "hotlines", "hours", "mail", "id"}
CJK = r"[\u3400-\u9fff\u3040-\u30ff]"
FULL_WIDTH = r"[，。；：？！（）「」、【】]"
AS_THE_DOCUMENTS_WRITE = re.compile(r"嗎\?")  # M-RENEW-CONFIRM, M-REVOKE-CONFIRM


def firm_with_words(own: str):
    """Return the Taiwan firm with `own` as its table of English sentences."""
    return parse_firm(changed("[words]\nzh-Hant-TW = {}\nen = {}", f"[words]\n{own}"), "mine")


def test_the_languages_a_firm_may_speak_are_those_there_are_sentences_in():
    assert set(get_args(Language)) == set(languages())


@pytest.mark.parametrize("language", languages())
def test_no_sentence_is_missing_in_a_language_and_none_is_there_alone(language):
    assert set(catalogue(language)) ^ set(catalogue("en")) == set()


@pytest.mark.parametrize("key", sorted(catalogue("en")))
def test_all_languages_mention_the_same_facts(key):
    mentioned = {lang: placeholders(catalogue(lang)[key]) or set() for lang in languages()}
    facts = {frozenset(places - ALWAYS) for places in mentioned.values()}
    assert len(facts) == 1, mentioned


@pytest.mark.parametrize("language", languages())
def test_the_same_topics_hold_the_same_sentences_in_the_same_order(language):
    for topic in sorted((WORDS / "en").glob("*.toml")):
        there = [key for key, _ in read_topic(topic.read_text("utf-8"), topic.name)]
        other = (WORDS / language / topic.name).read_text("utf-8")
        assert [key for key, _ in read_topic(other, topic.name)] == there, topic.name


def test_hong_kong_reads_the_words_of_hong_kong():
    """Words a reader there would stumble over, each with what is said in Hong Kong."""
    said = "".join(catalogue("zh-Hant-HK").values())
    assert [word for word in TAIWANS_OWN if word in said] == []


@pytest.mark.parametrize("language", languages())
def test_no_sentence_is_empty_or_shouts(language):
    loud = [key for key, text in catalogue(language).items() if re.search(r"[!！]", text)]
    empty = [
        key
        for key, text in catalogue(language).items()
        if not text.strip() and not key.startswith(PREFIX)
    ]
    assert (loud, empty) == ([], [])


@pytest.mark.parametrize("language", CHINESE)
def test_chinese_sentences_use_chinese_punctuation(language):
    half = re.compile(rf"{CJK}[,;:!?()]|[,;:!?()]{CJK}")
    found = {
        key: text
        for key, text in catalogue(language).items()
        if half.search(AS_THE_DOCUMENTS_WRITE.sub("嗎", re.sub(r"\{\w+\}", "", text)))
    }
    assert found == {}


def test_english_sentences_use_english_punctuation():
    found = {key: text for key, text in catalogue("en").items() if re.search(FULL_WIDTH, text)}
    assert found == {}


@pytest.mark.parametrize("topic", OWN_TOPICS)
@pytest.mark.parametrize("language", languages())
def test_every_sentence_of_these_topics_is_said_somewhere(language, topic):
    keys = [key for key, _ in read_topic((WORDS / language / topic).read_text("utf-8"), topic)]
    names = {refusal.value for refusal in Refusal}
    source = "".join(path.read_text("utf-8") for path in WORDS.rglob("*.py"))
    unsaid = [key for key in keys if f'"{key}"' not in source and key.split(".")[1] not in names]
    assert unsaid == []


@pytest.mark.parametrize("language", TAIWAN.identity.languages)
def test_a_firms_name_and_numbers_are_always_at_hand(language):
    words = Words(TAIWAN, language)
    said = words.refusal(Refused(Refusal.NO_CONTACT))
    assert TAIWAN.identity.hotline in said.next
    assert TAIWAN.identity.hotline_hours[language] in said.next


def test_hotlines_are_joined_as_the_language_joins():
    first, second = TAIWAN.identity.hotlines
    assert f"{first}、{second}" in Words(TAIWAN, "zh-Hant-TW").say("messages.mail.hotlines")
    assert f"{first}, {second}" in Words(TAIWAN, "en").say("messages.mail.hotlines")


def test_a_language_the_firm_does_not_speak_becomes_its_usual_one():
    assert Words(TAIWAN, "fr").language == "zh-Hant-TW"


def test_an_unknown_sentence_and_a_missing_fact_are_mistakes_of_the_caller():
    words = Words(TAIWAN, "en")
    with pytest.raises(UnknownWordError, match=r"no sentence no\.such"):
        words.say("no.such")
    with pytest.raises(UnknownWordError, match="mentions 'tries_left'"):
        words.say("refusals.code-wrong.detail")


def test_instants_are_said_in_the_firms_time():
    words = Words(TAIWAN, "en")
    at = datetime(2026, 11, 20, 17, 0, tzinfo=UTC)
    assert words.moment(TAIWAN.formats.panel, at) == "2026-11-21 01:00:00"
    assert words.moment(TAIWAN.formats.mail_date, at) == "2026/11/21"
    until = datetime(2027, 11, 21, 15, 59, 59, tzinfo=UTC)
    assert words.span(TAIWAN.formats.window, at, until) == (
        "2026-11-21 01:00:00 ~ 2027-11-21 23:59:59"
    )
    said = words.refusal(Refused(Refusal.RENEWAL_NOT_OPEN, opens=at, closes=until))
    assert "from 2026-11-21 01:00:00 to 2027-11-21 23:59:59" in said.detail


def test_a_secret_put_into_a_sentence_does_not_print():
    words = Words(TAIWAN, "en")
    said = words.refusal(Refused(Refusal.CODE_WRONG, tries_left=Digits("5523")))
    assert "5523" not in said.detail
    assert "***" in said.detail


def test_scripts_get_sentences_with_the_firm_filled_in_and_their_own_places_left():
    scripts = Words(TAIWAN, "zh-Hant-TW").under("js.common.")
    assert scripts["seconds"] == "{n}秒"
    assert TAIWAN.identity.hotline in scripts["unreachable_next"]
    assert "{hotline}" not in scripts["unreachable_next"]


@pytest.mark.parametrize(("field", "where"), [("password", " (password)"), ("", "")])
def test_a_refusal_names_the_field_if_there_is_one(field, where):
    said = Words(TAIWAN, "en").refusal(Refused(Refusal.INPUT_MALFORMED, field=field))
    assert said.detail == f"One of the values sent cannot be used as it is{where}."


def test_a_firm_says_a_sentence_its_own_way():
    firm = firm_with_words('zh-Hant-TW = {}\nen = { "refusals.busy.title" = "One moment" }')
    refuse_unknown(firm)
    assert Words(firm, "en").say("refusals.busy.title") == "One moment"
    assert Words(firm, "zh-Hant-TW").say("refusals.busy.title") == "目前使用的人較多"


@pytest.mark.parametrize(
    ("own", "key", "accepted"),
    [
        ('"refusals.busy.titel" = "x"', "words.en.refusals.busy.titel", "refusals.busy.title"),
        ('"refusals.busy.next" = "x"', "words.en.refusals.busy.next", "{retry_after}"),
        ('"refusals.busy.title" = "{x}"', "words.en.refusals.busy.title", "none"),
        ('"refusals.busy.title" = ""', "words.en.refusals.busy.title", "none"),
        ('"refusals.busy.title" = "{"', "words.en.refusals.busy.title", "none"),
    ],
)
def test_an_own_sentence_that_would_never_be_said_rightly_is_refused(own, key, accepted):
    with pytest.raises(FirmFileError) as refused:
        refuse_unknown(firm_with_words(f"zh-Hant-TW = {{}}\nen = {{ {own} }}"))
    assert refused.value.key == key
    assert accepted in refused.value.accepted


@pytest.mark.parametrize(
    "document", ["a", "[a]\nb = 1", '[a]\nb = "{0}"', '[a]\nb = "{x:>9}"', '[a]\nb = "{"']
)
def test_a_topic_that_holds_no_sentences_is_refused_by_its_name(document):
    with pytest.raises(CatalogueError, match=r"topic\.toml"):
        list(read_topic(document, "topic.toml"))


def test_topic_files_of_all_languages_have_the_same_names():
    named = {frozenset(p.name for p in (WORDS / lang).glob("*.toml")) for lang in languages()}
    assert len(named) == 1


@pytest.mark.parametrize("language", languages())
def test_a_sentence_for_a_firm_without_something_stands_for_a_usual_one(language):
    """It mentions no fact that the usual one does not: nobody would hand it that fact."""
    said = catalogue(language)
    instead = {key: key.split(".", 2)[2] for key in said if key.startswith(PREFIX)}
    assert [key for key, usual in instead.items() if usual not in said] == []
    facts = {
        key: (placeholders(said[key]) or set()) - (placeholders(said[usual]) or set()) - ALWAYS
        for key, usual in instead.items()
    }
    assert {key: more for key, more in facts.items() if more} == {}

"""What the parts of a firm do besides holding values."""

import dataclasses
from datetime import UTC, datetime

import pytest

from cinnabar.firm import FirmFileError, load_firm
from cinnabar.firm.contrast import contrast
from cinnabar.firm.frozen import FrozenMap

TAIWAN = load_firm("taiwan")
STRONG = load_firm("strong")


def test_the_consent_changes_its_hash_with_every_word_and_with_its_version():
    consent = TAIWAN.consent
    other_word = FrozenMap({**consent.clauses, "en": (*consent.clauses["en"][:-1], "I agree.")})
    changed = dataclasses.replace(consent, clauses=other_word)
    later = dataclasses.replace(consent, version="2026-2")
    hashes = {one.sha256("en") for one in (consent, changed, later)} | {
        consent.sha256("zh-Hant-TW")
    }
    assert len(hashes) == 4
    assert {len(one) for one in hashes} == {64}
    assert changed.sha256("zh-Hant-TW") == consent.sha256("zh-Hant-TW")


@pytest.mark.parametrize("firm", [TAIWAN, STRONG], ids=["taiwan", "strong"])
@pytest.mark.parametrize("language", ["zh-Hant-TW", "en"])
def test_the_consent_is_shown_from_its_title_to_who_issues_the_certificate(firm, language):
    consent = firm.consent
    text = consent.text[language]
    assert text[:3] == (consent.title[language], consent.lead[language], consent.preamble[language])
    assert text[3 : 3 + len(consent.legal_basis[language])] == consent.legal_basis[language]
    assert text[-1] == consent.ca_statement[language] == consent.duties(language)[-1]


def test_the_consent_says_truthfully_that_the_firm_issues_and_holds_no_licence():
    assert "並非經主管機關許可" in TAIWAN.consent.ca_statement["zh-Hant-TW"]
    assert "not licensed" in TAIWAN.consent.ca_statement["en"]


@pytest.mark.parametrize(
    ("firm", "expected"),
    [
        (TAIWAN, "2022-01-19 10:27:08.0 ~ 2022-02-02 23:59:59.0"),
        (STRONG, "2022-01-19 10:27:08 ~ 2022-02-02 23:59:59"),
    ],
    ids=["taiwan", "strong"],
)
def test_the_column_of_validity_reads_as_in_the_documents_in_firm_time(firm, expected):
    start = firm.local(datetime(2022, 1, 19, 2, 27, 8, tzinfo=UTC))
    end = firm.local(datetime(2022, 2, 2, 15, 59, 59, tzinfo=UTC))
    assert firm.formats.between(firm.formats.validity, start, end) == expected


@pytest.mark.parametrize(("firm", "shown"), [(TAIWAN, "****567"), (STRONG, "****4567")])
def test_a_firm_chooses_how_much_of_an_account_is_shown(firm, shown):
    assert firm.masks.account("12344567") == shown


def test_the_firms_masks_are_the_documents():
    masks = TAIWAN.masks
    assert masks.identifier("A123456789") == "A12345****"
    assert masks.identifier("22099131") == "2209****"
    assert masks.mobile("0958123474") == "0958****74"
    assert masks.email("fredric@example.com") == "f*****c@example.com"
    assert masks.cn("A123456789-00-CN01") == "A12345****-00-CN01"


def test_a_firm_that_shows_less_is_obeyed():
    shy = dataclasses.replace(
        TAIWAN.masks, national_id_keep=2, mobile_keep_first=2, mobile_keep_last=0, email_stars=3
    )
    assert shy.identifier("A123456789") == "A1****"
    assert shy.mobile("0958123474") == "09****"
    assert shy.email("fredric@example.com") == "f***c@example.com"
    assert shy.cn("A123456789-00") == "A1****-00"


def test_two_firms_that_differ_in_one_text_differ():
    names = FrozenMap({**TAIWAN.identity.names, "en": "Other"})
    other = dataclasses.replace(TAIWAN, identity=dataclasses.replace(TAIWAN.identity, names=names))
    assert other != TAIWAN
    assert hash(other) != hash(TAIWAN)


def test_a_text_missing_in_a_language_is_refused_in_parts_made_by_hand_too():
    identity = dataclasses.replace(TAIWAN.identity, names=FrozenMap({"en": "Only English"}))
    with pytest.raises(FirmFileError, match=r"^identity\.names\.zh-Hant-TW is missing"):
        dataclasses.replace(TAIWAN, identity=identity)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [("#000000", "#ffffff", 21.0), ("#777777", "#ffffff", 4.48), ("#b4321f", "#fffefb", 6.09)],
)
def test_contrast_is_that_of_the_guidelines(one, other, expected):
    assert contrast(one, other) == contrast(other, one) == pytest.approx(expected, abs=0.05)

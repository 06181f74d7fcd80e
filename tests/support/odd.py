"""Things that strangers send: nearly right, odd, and not even that."""

import base64
import json

from hypothesis import strategies as st

from tests.support.device import Device
from tests.support.face import FORM, JSON

REQUEST = Device().request()

odd_text = st.one_of(
    st.sampled_from(
        [
            *(
                "",
                " ",
                "\0",
                "a\0b",
                "０９０２",
                "５５２３",
                "١٢٣٤",
                "\ud800",
                "\u202e",
                "é" * 5000,
            ),
            *("apply", "renew", "revoke", "lost", "ordinary", "en", "zh-Hant-TW", "5523", "0902"),
            *(
                "A123456789",
                "22099131",
                "' OR 1=1 --",
                "<script>alert(1)</script>",
                "{{7*7}}",
                "%s",
            ),
            *(
                "{field}",
                "{0.__class__}",
                "../../etc/passwd",
                "//evil.example",
                "https://evil.example",
            ),
            "\r\nSet-Cookie: a=b",
        ]
    ),
    st.text(max_size=40),
    st.sampled_from(["x" * 9000, "字" * 20000, "=" * 12000]),
)
almost = st.builds(
    lambda at, octet: base64.b64encode(
        REQUEST[: at % len(REQUEST)] + bytes([octet]) + REQUEST[at % len(REQUEST) + 1 :]
    ).decode(),
    st.integers(0, 500),
    st.integers(0, 255),
)
octets = st.one_of(st.binary(max_size=60).map(lambda b: base64.b64encode(b).decode()), almost)
scalars = st.one_of(
    st.none(), st.booleans(), st.integers(), st.just(10**400), st.floats(), odd_text, octets
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(odd_text, inner, max_size=3),
    max_leaves=5,
)


def mostly(usual: object, otherwise):
    return st.integers(0, 3).flatmap(lambda n: otherwise if n == 3 else st.just(usual))


usual = {
    "csr": st.one_of(almost, octets, st.just(base64.b64encode(REQUEST).decode())),
    "certificate": st.one_of(octets, almost),
    "anew": st.booleans(),
    "share": mostly("mine", odd_text),
    "signature": st.one_of(octets, almost),
    "kind": st.sampled_from(["apply", "renew", "revoke", "report-loss"]),
    "reason": st.sampled_from(["lost", "ordinary", "x"]),
    "code": st.one_of(st.text("0123456789 -", max_size=8), odd_text),
    "consent_version": mostly("2026-1", odd_text),
    "confirm": st.sampled_from([True, True, False, "true", 1]),
    "order": odd_text,
    "challenge": odd_text,
    "shares": st.lists(mostly("mine", odd_text), max_size=3),
}
"""What a page would send; most of it gets through to where it is judged."""


def bodies(names: tuple[str, ...]):
    """JSON that is right but for a field or two, then anything, then what is no JSON."""
    known = st.sampled_from(names) if names else st.just("x")
    right = st.fixed_dictionaries({name: usual[name] for name in names if name in usual})
    wrong = st.dictionaries(st.one_of(known, known, odd_text), values, min_size=1, max_size=1)
    spoilt = st.builds(lambda fields, other: {**fields, **other}, right, wrong)
    doubled = st.builds(lambda n, a: f'{{"{n}": 1, "{n}": {json.dumps(a)}}}', known, values)
    no_json = st.sampled_from(
        [
            *("", "{", "[" * 60_000, '{"a":' * 9000, "nul", "{'a': 1}", "NaN", "\ufeff{}"),
            *("1" * 5000, '{"code": 1e999}', "{}" * 2, " " * 70_000, '{"\\ud800": 1}'),
        ]
    )
    ways = [right, right, right, spoilt, spoilt, doubled, values, no_json]
    text = st.sampled_from(ways).flatmap(lambda way: way).map(written)
    return st.one_of(text, text, text, st.binary(max_size=200))


def written(sent: object) -> bytes:
    text = sent if isinstance(sent, str) else json.dumps(sent)
    return text.encode("utf-8", "surrogatepass")


KINDS = (
    *(JSON, FORM, ""),
    *(f"{JSON}; charset=utf-16", f"{JSON}; charset=nonsense", f"{FORM}; charset=utf-16"),
    *("text/plain", "multipart/form-data", "multipart/form-data; boundary=x", "a/b; ;;", "é"),
)

headers = st.dictionaries(
    st.sampled_from(
        [
            *("Accept", "Accept-Language", "Cookie", "Host", "Origin", "Referer"),
            *("Sec-Fetch-Site", "X-Forwarded-For", "X-Forwarded-Host", "X-CSRFToken"),
            *("If-None-Match", "Range", "X-HTTP-Method-Override"),
        ]
    ),
    st.one_of(
        st.sampled_from(
            ["", "*", "0", "null", "same-origin", "cross-site", JSON, "https://a.example"]
        ),
        st.sampled_from(["__Host-session=" + "é" * 64, "__Host-session=" + "0" * 64, "a=b;;=;"]),
        st.text(st.characters(min_codepoint=32, max_codepoint=255), max_size=80),
    ),
    max_size=3,
)

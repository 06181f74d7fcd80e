"""The private key never leaves the browser: all that is sent in a whole life is searched."""

import base64

import pytest

from tests.browser.life import Life
from tests.browser.person import Person
from tests.support.finding import is_in

pytestmark = pytest.mark.browser

# Each new private key is told to the test before the page wraps it.
LISTEN = """
const made = SubtleCrypto.prototype.generateKey;
SubtleCrypto.prototype.generateKey = async function (...wanted) {
  const pair = await made.apply(this, wanted);
  if (pair.privateKey?.extractable) {
    const octets = async (format, key) => [...new Uint8Array(await this.exportKey(format, key))];
    await heard("key", await octets("pkcs8", pair.privateKey));
    await heard("public", await octets("spki", pair.publicKey));
  }
  return pair;
};
const wrapped = SubtleCrypto.prototype.wrapKey;
SubtleCrypto.prototype.wrapKey = async function (...wanted) {
  const sealed = await wrapped.apply(this, wanted);
  await heard("sealed", [...new Uint8Array(sealed)]);
  return sealed;
};
const add = IDBObjectStore.prototype.add;
IDBObjectStore.prototype.add = function (value, ...key) {
  if (value instanceof Uint8Array) heard("device", [...value]);
  return add.call(this, value, ...key);
};
"""


def test_no_request_of_a_whole_life_holds_anything_of_a_private_key(env, clock, ming, visit):
    page = visit.page()
    heard: dict[str, list[bytes]] = {"key": [], "public": [], "sealed": [], "device": []}
    sent: list[bytes] = []
    page.context.expose_function("heard", lambda what, octets: heard[what].append(bytes(octets)))
    page.context.add_init_script(LISTEN)
    page.context.on("request", lambda request: sent.append(everything(request)))
    Life(Person(page, env), lambda _: None).whole()

    assert len(heard["key"]) >= 2
    assert len(heard["sealed"]) >= 2
    assert heard["device"]
    secrets = [*heard["key"], *map(scalar, heard["key"]), *heard["sealed"], *heard["device"]]
    everything_sent = b"\n".join(sent)
    assert [s for s in secrets if is_in(s, everything_sent)] == []
    # The search finds what was sent: both certified public keys, inside their requests' base64.
    assert sum(is_in(key, everything_sent) for key in heard["public"]) == 2


@pytest.mark.parametrize("before", range(4))
def test_the_search_finds_a_secret_however_it_is_sent(before):
    secret = bytes(range(100, 238))
    sent = b"x" * before + secret + b"y"
    ways = [base64.b64encode, base64.urlsafe_b64encode, lambda o: o.hex().upper().encode(), bytes]
    assert all(is_in(secret, b'{"a":"' + way(sent) + b'"}') for way in ways)
    assert not is_in(secret[::-1], base64.b64encode(sent))


def everything(request):
    headers = "\n".join(f"{name}: {value}" for name, value in request.headers.items())
    return request.url.encode() + headers.encode() + (request.post_data_buffer or b"")


def scalar(pkcs8):
    """Return the private number of a P-256 key (RFC 5915): 32 octets after its length."""
    at = pkcs8.index(bytes.fromhex("0201010420")) + 5
    return pkcs8[at : at + 32]

"""The signer's look at lists of shards and at deltas."""

from datetime import timedelta

import pytest

from cinnabar.env import Env
from cinnabar.pki.authority import addresses
from cinnabar.pki.crl import crl_tbs
from cinnabar.pki.crl_marks import Marks
from cinnabar.signer.core import LocalSigner, open_signer
from cinnabar.signer.protocol import SignerRefused
from tests.pki.support import NOW
from tests.support.authority import rules


def _where(env: Env, shard: str = ""):
    return addresses(env.base_url, env.signer.authority().issuing_key_id, shard)


def _list(env: Env, marks: Marks) -> bytes:
    until = NOW + timedelta(minutes=20)
    return crl_tbs(env.signer.authority(), marks, this_update=NOW, next_update=until, entries=())


def _refused(env: Env, marks: Marks) -> set[str]:
    with pytest.raises(SignerRefused) as refused:
        env.signer.sign_crl(_list(env, marks))
    return {finding.rule for finding in refused.value.findings}


def test_each_shard_has_numbers_of_its_own_and_full_lists_and_deltas_share_them(env):
    one, other = _where(env, "20261101").crl, _where(env, "20261108").crl
    env.signer.sign_crl(_list(env, Marks(number=9, point=one)))
    env.signer.sign_crl(_list(env, Marks(number=7, point=other)))
    env.signer.sign_crl(_list(env, Marks(number=8, point=other, base=7)))
    env.signer.sign_crl(_list(env, Marks(number=3)))
    assert _refused(env, Marks(number=9, point=one, base=8)) == {"number"}
    assert _refused(env, Marks(number=8, point=other)) == {"number"}


def test_the_numbers_are_known_again_after_a_restart(env):
    point = _where(env, "20261101").crl
    env.signer.sign_crl(_list(env, Marks(number=9, point=point)))
    assert isinstance(env.signer, LocalSigner)
    env.signer.close()
    again = open_signer(env.signer.places, rules(env.firm), env.clock)
    with pytest.raises(SignerRefused):
        again.sign_crl(_list(env, Marks(number=8, point=point)))
    again.sign_crl(_list(env, Marks(number=10, point=point)))
    again.close()


@pytest.mark.parametrize("base", [0, 9, 10])
def test_a_delta_to_a_list_that_cannot_have_been_before_is_refused(env, base):
    assert _refused(env, Marks(number=9, base=base)) == {"base"}


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:9/crl/0123456789abcdef.crl",
        "http://127.0.0.1:8000/crl/0123456789abcdef-20261101.crl",
    ],
)
def test_a_list_of_a_point_that_is_not_this_issuers_is_refused(env, url):
    assert _refused(env, Marks(number=9, point=url)) == {"point"}


def test_a_shard_that_is_no_date_is_refused(env):
    url = _where(env).crl.replace(".crl", "-november.crl")
    assert _refused(env, Marks(number=9, point=url)) == {"point"}


def test_a_freshest_list_elsewhere_or_of_a_delta_is_refused(env):
    own = _where(env).delta
    env.signer.sign_crl(_list(env, Marks(number=8, freshest=own)))
    assert _refused(env, Marks(number=9, freshest=own + "x")) == {"freshest"}
    assert _refused(env, Marks(number=9, base=8, freshest=own)) == {"freshest"}

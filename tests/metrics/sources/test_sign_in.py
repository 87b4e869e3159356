"""How a collector shows who it is, and that its secret stays one."""

from base64 import b64encode
from urllib.parse import quote

import pytest

from metrics.sources.choices import SignInKind
from metrics.sources.sign_in import SignIn

BEARER, BASIC, HEADER = SignInKind.BEARER, SignInKind.BASIC, SignInKind.HEADER


@pytest.mark.parametrize(
    ("sign_in", "headers"),
    [
        (SignIn(), {}),
        (SignIn(SignInKind.NONE, "olga", "secret"), {}),
        (SignIn(BEARER, secret="a.b-c"), {"Authorization": "Bearer a.b-c"}),
        (SignIn(BASIC, "olga", "a:b"), {"Authorization": "Basic b2xnYTphOmI="}),
        (SignIn(HEADER, "X-Api-Key", "a b"), {"X-Api-Key": "a b"}),
    ],
)
def test_what_goes_with_the_request(sign_in, headers):
    assert sign_in.problems() == {}
    assert sign_in.headers() == headers


@pytest.mark.parametrize(
    ("sign_in", "fields"),
    [
        (SignIn(BEARER), {"secret"}),
        (SignIn(BEARER, secret="a\r\nX-Other: b"), {"secret"}),
        (SignIn(BEARER, secret=" a"), {"secret"}),
        (SignIn(BEARER, secret="ä"), {"secret"}),
        (SignIn(BEARER, secret="a" * 4_001), {"secret"}),
        (SignIn(BASIC, "", "a"), {"name"}),
        (SignIn(BASIC, "ol:ga", "a"), {"name"}),
        (SignIn(BASIC, "olga", ""), {"secret"}),
        (SignIn(HEADER, "", ""), {"name", "secret"}),
        (SignIn(HEADER, "X Key", "a"), {"name"}),
        (SignIn(HEADER, "X-Key:", "a"), {"name"}),
        (SignIn(HEADER, "Host", "a"), {"name"}),
        (SignIn(HEADER, "Transfer-Encoding", "a"), {"name"}),
        (SignIn(HEADER, "X-Key", "a\nb"), {"secret"}),
    ],
)
def test_what_cannot_be_sent_is_told_at_its_field(sign_in, fields):
    assert set(sign_in.problems()) == fields


def test_the_secret_shows_nowhere():
    sign_in = SignIn(BASIC, "olga", "p&ss word")
    said = " ".join(
        ["p&ss word", quote("p&ss word"), quote("p&ss word", safe=""), b64encode(b"olga:p&ss word").decode()]
    )

    assert "p&ss" not in repr(sign_in)
    assert sign_in.hidden_in(said) == "••• ••• ••• •••"
    assert SignIn().hidden_in("nothing to hide") == "nothing to hide"
    assert SignIn(BEARER, secret="12").hidden_in("value 12") == "value 12"

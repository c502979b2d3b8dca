"""What a project may make us contact: a decision about values, before anything is looked up."""

from __future__ import annotations

from types import MappingProxyType

import pytest
from movie_director.core.consent import Consent, refusal_of, withheld_from_project
from movie_director.core.environment import read_environment
from movie_director.core.errors import ConfigError, ProblemCode
from movie_director.core.key_layers import keyrings
from movie_director.core.keyring import Key, Origin
from movie_director.core.layers import LayerValues, Values, resolve, to_settings
from movie_director.core.messages import Fix, explain
from movie_director.core.project_layer import read_project
from movie_director.core.schema import Layer, Schema, ServiceTraits
from movie_director.core.secrets_document import StoredKeys
from movie_director.core.settings import ServiceSettings

SCHEMA = Schema((ServiceTraits("litellm", "LiteLLM", 4000, required=False),))
THERE = "http://render.example:4000"
ORIGIN = Origin.parse(THERE)


def refused(url: str, consent: Consent | None = None) -> ProblemCode | None:
    refusal = refusal_of(url, 4000, "LiteLLM", consent or Consent())
    return None if refusal is None else refusal.code


def effective(
    project: object,
    *,
    user: str = "",
    environment: dict[str, str] | None = None,
    stored: StoredKeys | None = None,
    consent: Consent | None = None,
) -> ServiceSettings:
    """What the manager gets when a project says this."""
    env, _ = read_environment(SCHEMA, environment or {})
    values = Values().set("litellm", "url", user) if user else Values()
    layers = (env, read_project(SCHEMA, {"litellm": {"url": project}})[0], LayerValues(Layer.USER, values))
    found = resolve(SCHEMA, layers)
    withheld = withheld_from_project(SCHEMA, layers, found, consent or Consent())
    keys = keyrings(SCHEMA, layers, stored or StoredKeys())
    return to_settings(SCHEMA, found, withheld=withheld, keys=keys).of("litellm")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "http://localhost:4000",
        "http://127.0.0.1:1",
        "http://127.200.0.9:4000/path",
        "[::1]:4000",
        "http://0.0.0.0:4000",
        "http://[::ffff:127.0.0.1]:4000",
        "http://anything.localhost:4000",
        "https://localhost",
    ],
)
def test_this_computer_needs_no_consent(url: str) -> None:
    assert refused(url) is None


STRANGERS = [
    "http://render.example:4000",
    "render",
    "http://192.168.1.20:4000",
    "http://10.0.0.1",
    "http://169.254.169.254/latest/meta-data",
    "http://[fe80::1]:4000",
    "http://[fd00:ec2::254]:80",
    "http://[::ffff:169.254.169.254]:80",
    "http://100.100.100.200:80",
    "http://metadata.google.internal",
    "http://localhost.evil.example:4000",
    "http://127.0.0.1.nip.example:4000",
    "http://0x7f000001:4000",
    "http://2130706433x:4000",
    "http://l\u043ecalhost:4000",
    "http://\uff4cocalhost.example:4000",
    "http://render.example.:4000",
    "wss://render.example",
    "http://studio.local:4000",
]


@pytest.mark.parametrize("url", STRANGERS)
def test_every_other_computer_does(url: str) -> None:
    assert refused(url) is ProblemCode.NOT_ALLOWED
    settings = effective(url)
    assert settings.by_project
    with pytest.raises(ConfigError) as caught:
        settings.target(4000)
    assert caught.value.problem.code is ProblemCode.NOT_ALLOWED
    assert not caught.value.problem.retry


@pytest.mark.parametrize("consent", [Consent(once=frozenset({ORIGIN})), Consent(always=frozenset({ORIGIN}))])
def test_consent_holds_for_one_origin(consent: Consent) -> None:
    assert refused(THERE, consent) is None
    assert refused("http://render.example:4000/other/path", consent) is None
    for other in (
        "https://render.example:4000",
        "http://render.example:4001",
        "http://evil.render.example:4000",
    ):
        assert refused(other, consent) is ProblemCode.NOT_ALLOWED


def test_the_refusal_says_what_can_be_allowed() -> None:
    refusal = effective("http://\u0440ender.example:4000").withheld
    assert refusal is not None
    assert Origin.parse(str(refusal.parameter("origin"))).host.startswith("xn--")
    told = explain(refusal)
    assert told.fix is Fix.ALLOW_ADDRESS
    assert "xn--" in told.title, "what only looks like another name is shown as it is sent"


@pytest.mark.parametrize("user", [THERE, "http://render.example:4000/", "render.example"])
def test_what_the_user_says_too_needs_no_consent(user: str) -> None:
    assert effective(THERE, user=user).withheld is None
    assert effective("http://evil.example:4000", user=user).withheld is not None


def test_the_environment_wins_over_the_project_and_needs_no_consent() -> None:
    settings = effective("http://evil.example", environment={"MOVIE_DIRECTOR_LITELLM_URL": THERE})
    assert (settings.url, settings.withheld, settings.by_project) == (THERE, None, False)


# --- whose key goes where -----------------------------------------------------------------------------------

ENV_KEY = {"MOVIE_DIRECTOR_LITELLM_API_KEY": "canary-key"}


def key_sent(settings: ServiceSettings) -> str:
    target = settings.target(4000)
    assert target is not None
    return settings.key_for(target.endpoint, (4000,)).api_key


@pytest.mark.parametrize(
    ("project", "user", "sent"),
    [
        ("http://127.0.0.1:4000", "", True),
        ("http://127.0.0.1:9999", "", False),
        ("https://127.0.0.1:4000", "", False),
        ("http://localhost:9999", "http://127.0.0.1:9999", True),
        ("http://localhost:4000", "http://127.0.0.1:9999", False),
        (THERE, "", False),
        (THERE, THERE, True),
        ("http://evil.example:4000", THERE, False),
    ],
)
def test_the_key_of_the_environment_goes_to_no_address_of_a_project(
    project: str, user: str, sent: bool
) -> None:
    everywhere = Consent(always=frozenset({ORIGIN, Origin.parse("http://evil.example:4000")}))
    settings = effective(project, user=user, environment=ENV_KEY, consent=everywhere)
    assert key_sent(settings) == ("canary-key" if sent else "")


def test_the_key_of_the_environment_belongs_to_the_url_of_the_environment() -> None:
    settings = effective(
        "", environment={**ENV_KEY, "MOVIE_DIRECTOR_LITELLM_URL": THERE}, user="http://other:1"
    )
    assert key_sent(settings) == "canary-key"


def test_a_kept_key_goes_to_its_origin_whoever_names_that() -> None:
    stored = StoredKeys().with_key("litellm", ORIGIN, Key("canary-key"))
    allowed = Consent(once=frozenset({ORIGIN, Origin.parse("http://evil.example:4000")}))
    assert key_sent(effective(THERE, stored=stored, consent=allowed)) == "canary-key"
    assert key_sent(effective("http://evil.example:4000", stored=stored, consent=allowed)) == ""


# --- what a project cannot say ------------------------------------------------------------------------------

NO_ADDRESSES = [
    "javascript:alert(1)",
    "file:///etc/passwd",
    "unix:///run/docker.sock",
    "http+unix://%2Frun%2Fdocker.sock",
    "\\\\server\\share",
    "//server/share",
    "ftp://render.example",
    "gopher://127.0.0.1:25/x",
    "http://127.0.0.1:0",
    "http://127.0.0.1:65536",
    "http://127.0.0.1:80:80",
    "http://127.0.0.1:-1",
    "http://127.1",
    "http://2130706433",
    "http://0177.0.0.1",
    "http://127.0.0.1:4000?admin=1",
    "http://127.0.0.1:4000#x",
    "http://127.0.0.1:4000/x\r\nHost: evil.example",
    "http://127.0.0.1:4000\\@evil.example",
    "http://user:password@127.0.0.1:4000",
    "http://user@127.0.0.1:4000",
    "http://127.0.0.1:4000@evil.example",
    "http://evil.example\u2215@127.0.0.1",
    "http://[::1%25eth0",
    "http://" + "a" * 5000,
    "http://" + "a." * 200 + "example",
    7,
    None,
    ["http://127.0.0.1"],
    {"url": "x"},
    b"http://127.0.0.1",
]


@pytest.mark.parametrize("url", NO_ADDRESSES, ids=lambda each: repr(each)[:40])
def test_no_address_is_not_taken_and_told(url: object) -> None:
    layer, problems = read_project(SCHEMA, {"litellm": {"url": url}}, "film.blend")
    assert layer.values == Values()
    assert [each.code for each in problems] == [ProblemCode.BAD_SETTING]
    assert "password" not in str(problems[0].parameter("value"))
    assert len(repr(problems)) < 1000
    assert effective(url).target(4000) is None


@pytest.mark.parametrize(
    "name", ["api_key", "ca_file", "keys", "withheld", "by_project", "policy", "__class__", ""]
)
def test_what_a_project_cannot_set(name: str) -> None:
    layer, problems = read_project(SCHEMA, {"litellm": {name: "/etc/ssl/evil.pem"}})
    assert layer.values == Values()
    assert len(problems) == 1
    assert "evil.pem" not in repr(problems), "a secret in the wrong place is not repeated"


@pytest.mark.parametrize(
    "custom",
    [
        '{"url": "http://evil.example"}',
        '{"api_key": "x"}',
        '{"breaker_threshold": 0}',
        '{"busy_limit": 1e999}',
        '{"busy_limit": NaN}',
        '{"busy_limit": true}',
        '{"__class__": 1}',
        '{"busy_limit": {"a": 1}}',
        "[" * 5000,
        '{"a": "' + "x" * 100_000 + '"}',
        "[]",
    ],
    ids=lambda each: each[:30],
)
def test_custom_data_changes_nothing_outside_its_keys(custom: str) -> None:
    layer, problems = read_project(SCHEMA, {"litellm": {"custom_data": custom}})
    assert layer.values == Values()
    assert [each.code for each in problems] == [ProblemCode.BAD_SETTING]
    found = resolve(SCHEMA, [layer])
    assert to_settings(SCHEMA, found) == to_settings(SCHEMA, resolve(SCHEMA, []))


def test_services_that_are_none_are_not_taken() -> None:
    layer, problems = read_project(
        SCHEMA, {"../../etc": {"url": "http://127.0.0.1"}, "x" * 10_000: {"url": ""}}
    )
    assert (layer.values, len(problems)) == (Values(MappingProxyType({})), 2)
    assert len(repr(problems)) < 2000

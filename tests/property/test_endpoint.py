# SPDX-License-Identifier: GPL-3.0-or-later
"""Any text is either an endpoint that reads back the same, or a `ConfigError`."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from movie_director.core.endpoint import Endpoint, parse_url
from movie_director.core.errors import ConfigError

PIECES = st.sampled_from(
    [
        "http",
        "https",
        "ws",
        "://",
        "//",
        ":",
        "@",
        "/",
        "[",
        "]",
        "::1",
        "%25",
        "%",
        "1.2.3.4",
        "host",
        ".",
        "80",
    ]
)
TEXTS = st.one_of(
    st.text(max_size=60), st.lists(st.one_of(PIECES, st.text(max_size=4)), max_size=12).map("".join)
)


def parsed_or_refused(text: str) -> tuple[Endpoint | None, ConfigError | None]:
    try:
        return parse_url(text, default_port=8188).endpoint, None
    except ConfigError as error:
        return None, error


@given(TEXTS)
def test_parsing_gives_a_stable_endpoint_or_a_config_error(text: str) -> None:
    endpoint, refusal = parsed_or_refused(text)
    if endpoint is None:
        assert refusal is not None
        assert refusal.problem.parameter("reason")
        return
    assert endpoint.scheme in ("http", "https")
    assert 1 <= endpoint.port <= 65535
    assert endpoint.host
    assert endpoint.url.isascii() or not endpoint.path.isascii()
    again = parse_url(endpoint.url).endpoint
    assert again == endpoint


@given(st.text(alphabet=st.characters(exclude_characters="\n"), min_size=1, max_size=20), TEXTS, TEXTS)
def test_nothing_before_the_last_at_sign_is_ever_told(password: str, before: str, after: str) -> None:
    secret = f"canary-{len(password)}-canary"
    _, refusal = parsed_or_refused(f"http://{before}:{secret}{password}@{after}")
    assert refusal is None or secret not in repr(refusal.problem)

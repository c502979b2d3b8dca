# SPDX-License-Identifier: GPL-3.0-or-later
"""A sixth backend, all of it: what anybody must write to add a service. Used by test_sixth_backend.py."""

from __future__ import annotations

from movie_director.backends.base import Backend, Client, Surroundings
from movie_director.core.errors import ProblemCode, WrongProgram, problem
from movie_director.core.facts import ServiceInfo
from movie_director.core.settings import Policy
from movie_director.transport.http import Answer, HttpClient


def identify(http: HttpClient, page: Answer | None = None) -> ServiceInfo | None:
    said = http.get_json("/tally", limit=1024)
    if isinstance(said, dict) and said.get("program") == "Tally":
        return ServiceInfo("Tally", version=str(said.get("version"))[:20], complete=True)
    return None


class TallyClient(Client):
    """One address serves for everything."""

    def __init__(self, surroundings: Surroundings) -> None:
        policy, endpoint = surroundings.policy, surroundings.endpoint
        self._http = HttpClient(
            endpoint,
            surroundings.sockets,
            connect_timeout=policy.connect_timeout(endpoint.is_loopback),
            read_timeout=policy.check_timeout,
        )

    def open(self) -> ServiceInfo:
        info = identify(self._http)
        if info is None:
            raise WrongProgram(problem(ProblemCode.WRONG_PROGRAM, program="Tally"))
        return info

    def check(self) -> ServiceInfo:
        return self.open()

    def open_stream(self) -> None:
        return None

    def close_stream(self) -> None:
        pass

    def read_facts(self) -> None:
        return None

    def restart_facts(self) -> None:
        pass

    def keep_stream_alive(self) -> None:
        pass

    def retime(self, policy: Policy) -> None:
        self._http.read_timeout = policy.check_timeout

    def drop(self) -> None:
        pass

    def close(self) -> None:
        self._http.close()


def suspects(page: Answer) -> bool:
    return "Tally" in page.text()


BACKEND = Backend(
    name="tally",
    label="Tally",
    makes=("text",),
    default_ports=(18799,),
    required=False,
    start_hint="Start Tally.",
    suspects=suspects,
    identify=identify,
    connect=TallyClient,
)

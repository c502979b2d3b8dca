# SPDX-License-Identifier: GPL-3.0-or-later
"""All that the preferences show, from the settings and a snapshot."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

from movie_director.core.card_parts import Action, Mark, Viewing
from movie_director.core.diagnosis import Diagnosis, Layer, LayerResult, Verdict
from movie_director.core.drafts import Drafts
from movie_director.core.endpoint import parse_endpoint
from movie_director.core.errors import ProblemCode, problem
from movie_director.core.keyring import Origin
from movie_director.core.layers import LayerValues, Values, resolve, to_settings
from movie_director.core.model import Health, Sighting, Source, State
from movie_director.core.preference_cards import Known, ServiceBox, preference_cards
from movie_director.core.preference_fields import MAIN
from movie_director.core.schema import Key, Schema, ServiceTraits, Value
from movie_director.core.schema import Layer as Who
from movie_director.core.serialisation import Clocks
from movie_director.core.settings_view import SettingsView
from movie_director.core.snapshot import DiscoveryReport, ServiceStatus, Snapshot

SCHEMA = Schema(
    (
        ServiceTraits("comfyui", "ComfyUI", 8188, required=True),
        ServiceTraits("sixth", "A sixth", 9000, required=False),
    )
)
HERE = parse_endpoint("http://127.0.0.1:8188")
OTHER = parse_endpoint("http://127.0.0.1:8189")
READY = ServiceStatus(
    "comfyui",
    "ComfyUI",
    True,
    State.CONNECTED,
    0.0,
    health=Health.READY,
    endpoint=HERE,
    source=Source.DISCOVERED,
)


def known(layer: Who = Who.USER, said: dict[Key, Value] | None = None, detail: str = "") -> Known:
    values = Values(MappingProxyType(said or {}))
    effective = resolve(SCHEMA, [LayerValues(layer, values, dict.fromkeys(values.entries, detail))])
    view = SettingsView(
        loaded=True,
        effective=effective,
        settings=to_settings(SCHEMA, effective),
        user=values if layer is Who.USER else Values(),
    )
    snapshot = Snapshot(services=MappingProxyType({"comfyui": READY}))
    return Known(SCHEMA, view, snapshot, Viewing(Clocks(5.0, 1000.0)))


def box(known: Known, service: str = "comfyui") -> ServiceBox:
    return next(each for each in preference_cards(known).services if each.service == service)


def test_before_there_are_settings_it_says_that_they_are_read() -> None:
    reading = preference_cards(None)
    assert reading.reading == "Reading settings …"
    assert reading.services == ()
    unread = known()
    assert preference_cards(replace(unread, view=replace(unread.view, loaded=False))) == reading


def test_every_service_has_a_box_also_one_that_nobody_foresaw() -> None:
    cards = preference_cards(known())
    assert [each.label for each in cards.services] == ["ComfyUI", "A sixth"]
    assert [each.key.name for each in cards.services[1].main] == list(MAIN)
    assert cards.services[0].mark is Mark.READY
    assert cards.services[1].mark is Mark.OFF, "nothing is known of it"
    assert not cards.may_reset


def test_advanced_settings_fold_out() -> None:
    assert box(known()).advanced == ()
    unfolded = replace(known(), at=replace(known().at, unfolded=frozenset({"comfyui"})))
    names = {each.key.name for each in box(unfolded).advanced}
    assert {"timeout", "check_interval", "breaker_interval", "retry_count", "ca_file", "custom_data"} == names


def test_a_service_that_is_off_is_not_tested() -> None:
    assert box(known()).may_test
    off = known(said={Key("comfyui", "enabled"): False})
    assert not box(off).may_test
    assert box(off).may_reset
    assert not box(off, "sixth").may_reset


def test_the_name_of_a_profile_alone_is_nothing_to_reset() -> None:
    assert not preference_cards(known(said={Key("", "profile"): "Home"})).may_reset
    assert preference_cards(known(said={Key("", "auto_connect"): False})).may_reset
    assert preference_cards(known(said={Key("comfyui", "timeout"): 9.0})).may_reset


def test_problems_of_the_settings_are_told_with_what_helps() -> None:
    wrong = known()
    what = problem(ProblemCode.SETTINGS_NEWER, where="settings.json", version="9")
    told = preference_cards(replace(wrong, view=replace(wrong.view, problems=(what,)))).problems
    assert len(told) == 1
    assert told[0].count(".") >= 2


def test_a_key_is_for_where_the_service_is() -> None:
    key = box(known()).key
    assert not key.is_set
    assert key.is_open
    assert key.notes == ("Sent to http://localhost:8188 only.",)
    kept = {("comfyui", Origin.of(HERE)), ("comfyui", Origin("https", "render.lan", 8188))}
    key = box(replace(known(), keys=kept)).key
    assert key.is_set
    assert key.notes[1] == "There is another key, for https://render.lan:8188."


def test_a_key_is_for_the_address_that_is_set() -> None:
    elsewhere = known(said={Key("comfyui", "url"): "https://render.lan:8188/x"})
    assert box(elsewhere).key.notes == ("Sent to https://render.lan:8188 only.",)
    assert not box(replace(elsewhere, keys={("comfyui", Origin.of(HERE))})).key.is_set


def test_a_key_is_for_the_address_that_is_being_typed() -> None:
    set_before = known(said={Key("comfyui", "url"): "http://10.0.0.1:4000"})
    typed = Drafts().typed(SCHEMA, Key("comfyui", "url"), "http://me:geheim@10.0.0.9:4000", "", 0.0)
    kept = {("comfyui", Origin("http", "10.0.0.1", 4000))}
    key = box(replace(set_before, drafts=typed, keys=kept)).key
    assert not key.is_set
    assert key.notes[0] == "Sent to http://10.0.0.9:4000 only."
    assert "geheim" not in repr(key)


def test_no_key_can_be_entered_beside_an_address_that_cannot_be_used() -> None:
    typed = Drafts().typed(SCHEMA, Key("comfyui", "url"), "http://10.0.", "", 0.0)
    key = box(replace(known(), drafts=typed, keys={("comfyui", Origin.of(HERE))})).key
    assert (key.is_set, key.is_open) == (False, False)
    assert key.notes[0] == "Correct the address first: a key belongs to one."


def test_a_key_for_a_service_that_was_never_seen_is_for_its_usual_place() -> None:
    assert box(known(), "sixth").key.notes == ("Sent to http://localhost:9000 only.",)


def test_a_key_of_the_environment_is_closed_and_not_shown() -> None:
    said = known(Who.ENVIRONMENT, {Key("comfyui", "api_key"): "sk-canary"}, "MOVIE_DIRECTOR_COMFYUI_API_KEY")
    key = box(said).key
    assert key.is_set
    assert not key.is_open
    assert key.notes == ("Set by the environment: MOVIE_DIRECTOR_COMFYUI_API_KEY",)
    assert "canary" not in repr(preference_cards(said).services)


def test_a_key_that_cannot_be_kept_is_told() -> None:
    what = problem(ProblemCode.BAD_SETTING, reason="it is too long")
    assert box(replace(known(), key_faults={"comfyui": what})).key.fault == "Not used yet: it is too long."


def test_what_a_look_around_found_can_be_used() -> None:
    assert preference_cards(known()).looked is None
    seen = (
        Sighting(HERE, "comfyui", None),
        Sighting(OTHER, "comfyui", None),
        Sighting(parse_endpoint("http://127.0.0.1:80"), None, None),
    )
    looked = preference_cards(looking(DiscoveryReport(seen, 100, 0.4, True))).looked
    assert looked is not None
    assert looked.sentence == ""
    assert [(each.url, each.is_used) for each in looked.found] == [(HERE.url, True), (OTHER.url, False)]


def test_a_look_around_that_found_nothing_says_so() -> None:
    looked = preference_cards(looking(DiscoveryReport((), 100, 0.4, True))).looked
    assert looked is not None
    assert looked.sentence == "Looked at 100 places on this computer, and found none of the services."
    still = preference_cards(looking(DiscoveryReport())).looked
    assert still is not None
    assert still.sentence == "Looking around …"


def test_the_lines_of_a_test_come_one_by_one() -> None:
    growing = Diagnosis("comfyui", "comfyui", layers=(LayerResult(Layer.NAME, Verdict.PASSED, 0.001),))
    start = known()
    tested = replace(start, snapshot=replace(start.snapshot, tests=MappingProxyType({"comfyui": growing})))
    test = box(tested).test
    assert test is not None
    assert test.running
    assert len(test.lines) == 1
    assert box(start).test is None


def stopped(code: ProblemCode, state: State = State.FAILED, *, required: bool = True) -> Known:
    """ComfyUI with this problem."""
    start = known()
    row = replace(READY, state=state, health=None, problem=problem(code, "detail"), required=required)
    return replace(start, snapshot=replace(start.snapshot, services=MappingProxyType({"comfyui": row})))


def test_what_is_wrong_stands_in_the_box_without_a_button_to_where_one_is() -> None:
    told = box(stopped(ProblemCode.KEY_MISSING, required=False)).trouble
    assert told is not None
    assert told.sentence == "ComfyUI at 127.0.0.1:8188 asks for a key, but no key is set."
    assert told.button is None
    told = box(stopped(ProblemCode.REFUSED, State.RECONNECTING)).trouble
    assert told is not None
    assert told.button is not None
    assert told.button.action is Action.HELP
    assert box(stopped(ProblemCode.REFUSED, State.RECONNECTING, required=False)).trouble is None
    assert box(known()).trouble is None
    told = box(stopped(ProblemCode.ONLINE_ACCESS_OFF)).trouble
    assert told is not None
    assert told.button is not None
    assert told.button.argument == "SYSTEM"


def test_what_a_test_says_is_not_said_twice() -> None:
    start = stopped(ProblemCode.KEY_MISSING)
    what = problem(ProblemCode.KEY_MISSING, "detail")
    layers = (LayerResult(Layer.CREDENTIALS, Verdict.FAILED, 0.1, what),)
    failed = Diagnosis("comfyui", "comfyui", HERE, layers, None, True)
    shown = box(replace(start, snapshot=replace(start.snapshot, tests=MappingProxyType({"comfyui": failed}))))
    assert shown.trouble is None
    assert shown.test is not None
    assert shown.test.trouble is not None
    assert shown.test.trouble.button is None


def looking(report: DiscoveryReport) -> Known:
    start = known()
    return replace(start, snapshot=replace(start.snapshot, discovery=report))

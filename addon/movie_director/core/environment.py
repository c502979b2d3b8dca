# SPDX-License-Identifier: GPL-3.0-or-later
"""Settings from the environment: ``MOVIE_DIRECTOR_<SERVICE>_URL`` and the like, as the schema names them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from .checking import from_text
from .errors import ConfigError, Problem, ProblemCode, problem
from .key_layers import keyrings
from .keyring import FOUND_HERE, Keyring, key_in
from .keyring import Key as Secret
from .layers import LayerValues, Values, resolve, to_settings
from .redact import HIDDEN
from .schema import PREFIX, Key, Kind, Layer, Schema, ServiceTraits, Setting, Value, nearest
from .secrets_document import StoredKeys
from .settings import Settings

OTHER_VARIABLES = ("MOVIE_DIRECTOR_CONFIG", "MOVIE_DIRECTOR_HOME", "MOVIE_DIRECTOR_LOG")
"""Variables of ours that are no settings."""


def read_environment(
    schema: Schema, environment: Mapping[str, str]
) -> tuple[LayerValues, tuple[Problem, ...]]:
    """What the environment says, and what is wrong with it; a wrong value counts as not set.

    An empty variable counts as not set. A variable that begins like ours and is none is a problem
    (``unknown-setting``), with the nearest one that there is.
    """
    variables = {name: key for key, _ in schema if (name := schema.variable(key))}
    values: dict[Key, Value] = {}
    keys: dict[str, Keyring] = {}
    problems: list[Problem] = []
    for name, key in variables.items():
        text, setting = environment.get(name, ""), schema.find(key)
        if text.strip() and setting is not None:
            try:
                values[key] = from_text(setting, text, name)
                secret = _secret_in(setting, text)
                if secret:
                    keys[key.service] = keys.get(key.service, Keyring()).followed_by(secret)
                if setting.is_secret:
                    values[key] = HIDDEN
            except ConfigError as error:
                problems.append(error.problem)
    known = (*variables, *OTHER_VARIABLES)
    problems += [_unknown(name, known) for name in sorted(environment) if _is_misspelt(name, known)]
    details = {key: schema.variable(key) for key in values}
    layer = LayerValues(Layer.ENVIRONMENT, Values(MappingProxyType(values)), details, keys)
    return layer, tuple(problems)


def settings_from_environment(services: Iterable[str], environment: Mapping[str, str]) -> Settings:
    """The settings of these services where nobody but the environment says anything.

    Raises `ConfigError` for the first wrong value, naming the variable, its value (never a key) and what was
    expected.
    """
    schema = Schema(tuple(ServiceTraits(name, name, 80, required=False) for name in services))
    layer, problems = read_environment(schema, environment)
    for each in problems:
        if each.code is not ProblemCode.UNKNOWN_SETTING:
            raise ConfigError(each)
    keys = keyrings(schema, [layer], StoredKeys())
    return to_settings(schema, resolve(schema, [layer]), keys=keys)


def _secret_in(setting: Setting, text: str) -> Keyring:
    """The key that a variable holds, or what stands in its URL; empty for most."""
    if setting.is_secret:
        return Keyring().add(FOUND_HERE, Secret(text.strip()))
    return key_in(text) if setting.kind is Kind.URL else Keyring()


def _is_misspelt(name: str, known: Iterable[str]) -> bool:
    return name.upper().startswith(PREFIX) and name not in known


def _unknown(name: str, known: Iterable[str]) -> Problem:
    meant = nearest(name.upper(), known)
    return problem(ProblemCode.UNKNOWN_SETTING, f"variable {name[:100]}", name=name[:100], nearest=meant)

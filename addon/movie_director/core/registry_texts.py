# SPDX-License-Identifier: GPL-3.0-or-later
"""The registry in words: what a service makes and by what, its models, when it was last seen, its version."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from .english import ENGLISH
from .facts import Capability, LanguageModel, Parameter, ServiceInfo
from .messages import Message, message, text
from .snapshot import Remembered, ServiceStatus
from .versions import Support, VersionRule

_FEW = 6
"""Names that are listed unless all are wanted."""


def makes_text(makes: Iterable[str]) -> str:
    """``images, video``."""
    return ", ".join(text(Message(f"makes.{each}")) for each in makes)


def operation_text(capability: Capability, *, all_names: bool = False) -> str:
    """``generate: prompt (text), steps (1 to 100)``; empty for an operation without a name."""
    if not capability.operation or not capability.parameters:
        return capability.operation
    parameters = [parameter_text(each) for each in capability.parameters]
    return f"{capability.operation}: {listed(parameters, all_names=all_names)}"


def parameter_text(parameter: Parameter) -> str:
    """``steps (1 to 100)``, ``resolution (one of 14)``, ``prompt (text)``."""
    values = _values(parameter)
    return f"{parameter.name} ({values})" if values else parameter.name


def _values(parameter: Parameter) -> str:
    """Which values it takes; empty if that cannot be said."""
    if parameter.choices:
        return text(message("limit.choices", count=len(parameter.choices)))
    limits = {
        name: f"{limit:.12g}"
        for name, limit in (("minimum", parameter.minimum), ("maximum", parameter.maximum))
        if limit is not None
    }
    if limits:
        return text(message(f"limit.{'range' if len(limits) == 2 else next(iter(limits))}", **limits))
    kind = f"kind.{parameter.kind}"
    return text(Message(kind)) if kind in ENGLISH else ""


def counts_text(info: ServiceInfo) -> str:
    """``12 checkpoints, 1 lora, 5 language models``, of many kinds the first few; empty if it has none."""
    counts = [_count(len(names), folder or "model files") for folder, names in info.models if names]
    if info.language_models:
        counts.append(_count(len(info.language_models), text(Message("registry.language-models")).lower()))
    return listed(counts, more="more-kinds")


def _count(count: int, kind: str) -> str:
    """`kind` is a plural, mostly of a folder's name, such as ``loras``; ``vae`` is the same for one."""
    return f"{count} {kind.removesuffix('s') if count == 1 else kind}"


def language_model_text(model: LanguageModel) -> str:
    return f"{model.name} ({model.provider})" if model.provider else model.name


def seen_text(seen: Remembered, wall: float) -> str:
    """``2 h ago at http://127.0.0.1:8188: 12 checkpoints``; `wall` is now in seconds since 1970."""
    found = counts_text(seen.info)
    if found and seen.shortened:
        found = text(message("registry.at-least", names=found))
    known = {"names": found} if found else {}
    return text(message("registry.ago", seconds=max(0.0, wall - seen.seen_at), url=seen.url, **known))


def listed(names: Sequence[str], *, all_names: bool = False, more: str = "more") -> str:
    """The names, or the first few of them and how many more there are; `more` is the text for that."""
    if all_names or len(names) <= _FEW:
        return ", ".join(names)
    return text(message(f"registry.{more}", names=", ".join(names[:_FEW]), count=len(names) - _FEW))


def support_text(status: ServiceStatus, rule: VersionRule) -> str:
    """What is to be said of its version; empty if it is a tested one, or nothing is known."""
    if status.support not in (Support.TOO_OLD, Support.NEWER) or status.info is None:
        return ""
    known = {"version": status.info.version, "oldest": rule.oldest, "newest": rule.newest_tested}
    given = {name: value for name, value in known.items() if value}
    return text(message(f"support.{status.support.value}", program=status.label, **given))

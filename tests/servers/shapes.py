"""Compares JSON values by shape: the same keys and the same types all the way down."""

from __future__ import annotations

import uuid
from typing import Any


def differences(expected: Any, actual: Any, path: str = "$") -> list[str]:
    """What `actual` has more, less or of another type than `expected`; an empty list when it has its shape.

    In an object whose keys are UUIDs the keys are data, and its values are compared as a list. In a list of
    items all of one type the number of items is data too: each item must have the shape of one of those
    expected. Any other list is a record: as long, and compared item by item.
    """
    if type(expected) is not type(actual):
        return [f"{path}: {_name(actual)} instead of {_name(expected)}"]
    if isinstance(expected, dict):
        return _object_differences(expected, actual, path)
    if isinstance(expected, list):
        return _list_differences(expected, actual, path)
    return []


def _object_differences(expected: dict[str, Any], actual: dict[str, Any], path: str) -> list[str]:
    if expected and all(_is_uuid(key) for key in [*expected, *actual]):
        return _list_differences(list(expected.values()), list(actual.values()), path)
    found = [f"{path}.{key}: missing" for key in expected if key not in actual]
    found += [f"{path}.{key}: extra" for key in actual if key not in expected]
    for key in expected:
        if key in actual:
            found += differences(expected[key], actual[key], f"{path}.{key}")
    return found


def _list_differences(expected: list[Any], actual: list[Any], path: str) -> list[str]:
    if bool(expected) != bool(actual):
        return [f"{path}: {len(actual)} items instead of {len(expected)}"]
    if len({type(item) for item in expected}) > 1:
        if len(expected) != len(actual):
            return [f"{path}: {len(actual)} items instead of {len(expected)}"]
        pairs = zip(expected, actual, strict=True)
        return [text for i, (a, b) in enumerate(pairs) for text in differences(a, b, f"{path}[{i}]")]
    found: list[str] = []
    for index, item in enumerate(actual):
        found += _closest_differences(expected, item, f"{path}[{index}]")
    return found


def _closest_differences(candidates: list[Any], actual: Any, path: str) -> list[str]:
    """The differences from the candidate that is most alike."""
    found = [differences(candidate, actual, path) for candidate in candidates]
    found.sort(key=len)
    return found[0] if found else []


def _name(value: Any) -> str:
    return "null" if value is None else type(value).__name__


def _is_uuid(text: str) -> bool:
    try:
        return str(uuid.UUID(text)) == text
    except ValueError:
        return False

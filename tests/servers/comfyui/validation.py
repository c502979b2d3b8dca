"""Checks a prompt before it is queued, with the error bodies of the real server."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import Any

from .generation import Generation
from .nodes import NodeType

Prompt = dict[str, Any]
Problem = dict[str, Any]

LONGEST_SHOWN_LIST = 20
CONVERTERS: dict[str, Any] = {"INT": int, "FLOAT": float, "STRING": str, "BOOLEAN": bool}


def error_body(
    kind: str, message: str, details: str = "", extra: dict[str, Any] | None = None
) -> dict[str, Any]:
    """The `error` part of a 400 answer."""
    return {"type": kind, "message": message, "details": details, "extra_info": extra or {}}


def is_canonical_id(value: Any) -> bool:
    """Whether `value` is a UUID in lower case with hyphens, the only form that 0.33 accepts."""
    try:
        return isinstance(value, str) and str(uuid.UUID(value)) == value
    except ValueError:
        return False


@dataclass
class Verdict:
    """Result of a validation: `error` when nothing can run, else the valid output nodes."""

    error: dict[str, Any] | None = None
    outputs: list[str] = field(default_factory=list)
    node_errors: dict[str, Any] = field(default_factory=dict)


def validate(prompt: Prompt, nodes: dict[str, NodeType], generation: Generation) -> Verdict:
    """Check a whole prompt. Values are converted in place, as the real server does.

    Raises TypeError for a prompt that is not an object (the real server answers 500).
    """
    if not isinstance(prompt, dict):
        raise TypeError("prompt is not an object")
    for node_id, node in prompt.items():
        if (error := _class_error(node_id, node, nodes, generation)) is not None:
            return Verdict(error)
    output_ids = [node_id for node_id, node in prompt.items() if nodes[node["class_type"]].is_output]
    if not output_ids:
        return Verdict(error_body("prompt_no_outputs", "Prompt has no outputs"))
    return _judge(prompt, output_ids, _Validator(prompt, nodes))


def _judge(prompt: Prompt, output_ids: list[str], validator: _Validator) -> Verdict:
    verdict = Verdict()
    details: list[str] = []
    for output_id in output_ids:
        if validator.is_valid(output_id):
            verdict.outputs.append(output_id)
            continue
        problems = validator.problems.get(output_id, [])
        details += [f"{problem['message']}: {problem['details']}" for problem in problems]
        for node_id in validator.faulty_ancestors(output_id):
            entry = verdict.node_errors.setdefault(
                node_id,
                {
                    "errors": validator.problems[node_id],
                    "dependent_outputs": [],
                    "class_type": prompt[node_id]["class_type"],
                },
            )
            entry["dependent_outputs"].append(output_id)
    if not verdict.outputs:
        verdict.error = error_body(
            "prompt_outputs_failed_validation", "Prompt outputs failed validation", "\n".join(details)
        )
    return verdict


def _class_error(
    node_id: str, node: Any, nodes: dict[str, NodeType], generation: Generation
) -> dict[str, Any] | None:
    class_type = node.get("class_type") if isinstance(node, dict) else None
    if class_type in nodes:
        return None
    details = f"Node ID '#{node_id}'"
    if not generation.explains_missing_nodes:
        if class_type is None:
            text = "Cannot execute because a node is missing the class_type property."
        else:
            text = f"Cannot execute because node {class_type} does not exist."
        return error_body("invalid_prompt", text, details)
    if class_type is None:
        text = (
            f"Node 'ID #{node_id}' has no class_type. "
            "The workflow may be corrupted or a custom node is missing."
        )
    else:
        text = f"Node '{class_type}' not found. The custom node may not be installed."
    extra = {"node_id": node_id, "class_type": class_type, "node_title": class_type}
    return error_body("missing_node_type", text, details, extra)


class _Validator:
    """Checks nodes once each, from the outputs upwards."""

    def __init__(self, prompt: Prompt, nodes: dict[str, NodeType]) -> None:
        self.problems: dict[str, list[Problem]] = {}
        self._prompt = prompt
        self._nodes = nodes
        self._valid: dict[str, bool] = {}
        self._checking: set[str] = set()

    def is_valid(self, node_id: str) -> bool:
        if node_id in self._checking:
            self.problems[node_id].append(_exception("RecursionError", "maximum recursion depth exceeded"))
            return False
        if node_id not in self._valid:
            self._checking.add(node_id)
            self._valid[node_id] = self._check(node_id)
            self._checking.remove(node_id)
        return self._valid[node_id]

    def faulty_ancestors(self, node_id: str) -> list[str]:
        """Nodes with problems of their own that `node_id` depends on, itself included."""
        found: list[str] = []
        todo, seen = [node_id], {node_id}
        while todo:
            current = todo.pop()
            if self.problems.get(current):
                found.append(current)
            for value in self._prompt[current].get("inputs", {}).values():
                if is_link(value) and value[0] in self._prompt and value[0] not in seen:
                    seen.add(value[0])
                    todo.append(value[0])
        return found

    def _check(self, node_id: str) -> bool:
        node = self._prompt[node_id]
        inputs = node.get("inputs", {})
        problems = self.problems.setdefault(node_id, [])
        upstream = True
        for name, config in self._nodes[node["class_type"]].inputs.items():
            if name not in inputs:
                problems.append(_problem("required_input_missing", "Required input is missing", name, name))
            elif isinstance(inputs[name], list):
                upstream = self._check_link(name, inputs[name], config, problems) and upstream
            elif (problem := check_value(name, inputs, config)) is not None:
                problems.append(problem)
        return upstream and not problems

    def _check_link(self, name: str, link: list[Any], config: list[Any], problems: list[Problem]) -> bool:
        """Check one link and the node it comes from; False when that node is not valid."""
        if not is_link(link):
            problems.append(
                _problem(
                    "bad_linked_input",
                    "Bad linked input, must be a length-2 list of [node_id, slot_index]",
                    name,
                    name,
                    config,
                    received_value=link,
                )
            )
            return True
        source, slot = link
        if source not in self._prompt:
            problems.append(_exception("KeyError", repr(source)))
            return True
        types = self._nodes[self._prompt[source]["class_type"]].output
        received = types[slot] if slot < len(types) else None
        if received != config[0]:
            details = f"{name}, received_type({received}) mismatch input_type({config[0]})"
            problems.append(
                _problem(
                    "return_type_mismatch",
                    "Return type mismatch between linked nodes",
                    details,
                    name,
                    config,
                    received_type=received,
                    linked_node=link,
                )
            )
            return True
        return self.is_valid(source)


def is_link(value: Any) -> bool:
    """Whether an input is `[node id, output number]`."""
    return isinstance(value, list) and len(value) == 2 and isinstance(value[1], int)


def check_value(name: str, inputs: dict[str, Any], config: list[Any]) -> Problem | None:
    """Convert `inputs[name]` to its declared type and check its range or choices."""
    kind, options = config[0], config[1] if len(config) > 1 else {}
    value = inputs[name]
    if isinstance(kind, list):
        return None if value in kind else _not_in_list(name, value, config)
    if kind not in CONVERTERS:
        return None
    try:
        value = inputs[name] = CONVERTERS[kind](value)
    except (TypeError, ValueError) as error:
        return _problem(
            "invalid_input_type",
            f"Failed to convert an input value to a {kind} value",
            f"{name}, {value}, {error}",
            name,
            config,
            received_value=value,
            exception_message=str(error),
        )
    if "min" in options and value < options["min"]:
        text = f"Value {value} smaller than min of {options['min']}"
        return _problem("value_smaller_than_min", text, name, name, config, received_value=value)
    if "max" in options and value > options["max"]:
        text = f"Value {value} bigger than max of {options['max']}"
        return _problem("value_bigger_than_max", text, name, name, config, received_value=value)
    return None


def _not_in_list(name: str, value: Any, config: list[Any]) -> Problem:
    """Long lists of choices are neither shown nor sent."""
    choices = config[0]
    short = len(choices) <= LONGEST_SHOWN_LIST
    details = f"{name}: '{value}' not in {choices if short else f'(list of length {len(choices)})'}"
    about = {"input_config": config if short else None, "received_value": value}
    return _problem("value_not_in_list", "Value not in list", details, name, **about)


def _exception(kind: str, details: str) -> Problem:
    """What becomes of an exception that the check itself runs into."""
    trace = ['  File "execution.py", in validate_inputs\n']
    return {
        "type": "exception_during_validation",
        "message": "Exception when validating node",
        "details": details,
        "extra_info": {"exception_type": kind, "traceback": trace},
    }


def _problem(
    kind: str,
    text: str,
    details: str,
    name: str,
    config: list[Any] | None = None,
    **extra: Any,
) -> Problem:
    about: dict[str, Any] = {"input_name": name}
    if config is not None:
        about["input_config"] = config
    return {"type": kind, "message": text, "details": details, "extra_info": {**about, **extra}}

"""The nodes that run without weights: what `/object_info` says of them, and what they do."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from .files import FileStore
from .generation import Generation
from .images import png

Inputs = dict[str, Any]
Outputs = tuple[Any, ...]


class NodeContext(Protocol):
    """What an executing node may do."""

    files: FileStore
    prompt: dict[str, Any]

    def wait(self, seconds: float) -> None:
        """Take some time; raises when the server ends meanwhile."""

    def progress(self, value: float, maximum: float, *, preview: bool) -> None:
        """Report one step; raises when the job was interrupted."""


@dataclass(frozen=True)
class NodeResult:
    """Values for the nodes behind, and the entry under `outputs` if the node shows something."""

    outputs: Outputs = ()
    ui: dict[str, Any] | None = None


@dataclass(frozen=True)
class Image:
    """A batch of images of one color."""

    width: int
    height: int
    count: int = 1
    color: int = 0


@dataclass(frozen=True)
class NodeType:
    """One node class. `inputs` is in the form of `/object_info`: name -> [type or choices, options]."""

    name: str
    display_name: str
    category: str
    inputs: dict[str, list[Any]]
    output: list[str]
    run: Callable[[NodeContext, Inputs], NodeResult]
    is_output: bool = False
    recorded_info: dict[str, Any] | None = None

    def info(self, generation: Generation) -> dict[str, Any]:
        """Its entry in `/object_info`."""
        if self.recorded_info is not None:
            return self.recorded_info
        required = self.inputs
        info: dict[str, Any] = {
            "input": {"required": required},
            "input_order": {"required": list(required)},
            "output": self.output,
            "output_is_list": [False] * len(self.output),
            "output_name": self.output,
            "name": self.name,
            "display_name": self.display_name,
            "description": "",
            "python_module": "nodes",
            "category": self.category,
            "output_node": self.is_output,
        }
        if generation.has_jobs:
            info.update(is_input_list=False, has_intermediate_output=False, search_aliases=[])
        return info


def node_types(generation: Generation, models: dict[str, list[str]]) -> dict[str, NodeType]:
    """All node classes by name; `models` fills the choices of loaders."""
    nodes = [*_own_nodes(), *_recorded_nodes(generation, models)]
    return {node.name: node for node in nodes}


def _own_nodes() -> list[NodeType]:
    size = {"default": 512, "min": 1, "max": 16384, "step": 1}
    latent_size = {"default": 512, "min": 16, "max": 16384, "step": 8}
    batch = {"default": 1, "min": 1, "max": 4096}
    image = ["IMAGE", {"tooltip": "The images to save."}]
    return [
        NodeType(
            "EmptyImage",
            "EmptyImage",
            "image",
            {
                "width": ["INT", size],
                "height": ["INT", size],
                "batch_size": ["INT", batch],
                "color": ["INT", {"default": 0, "min": 0, "max": 0xFFFFFF, "step": 1, "display": "color"}],
            },
            ["IMAGE"],
            _empty_image,
        ),
        NodeType(
            "SaveImage",
            "Save Image",
            "image",
            {
                "images": image,
                "filename_prefix": ["STRING", {"default": "ComfyUI"}],
            },
            [],
            _save_image,
            is_output=True,
        ),
        NodeType(
            "PreviewImage", "Preview Image", "image", {"images": image}, [], _preview_image, is_output=True
        ),
        NodeType(
            "LabSleep",
            "LabSleep",
            "lab",
            {
                "seconds": ["FLOAT", {"default": 1.0, "min": 0.0, "max": 3600.0}],
                "steps": ["INT", {"default": 10, "min": 1, "max": 100_000}],
                "fail_at": ["INT", {"default": -1, "min": -1, "max": 100_000}],
                "preview": ["BOOLEAN", {"default": True}],
                "seed": ["INT", {"default": 0, "min": 0, "max": 2**64 - 1}],
            },
            ["IMAGE"],
            _sleep,
        ),
        NodeType(
            "EmptyLatentImage",
            "Empty Latent Image",
            "latent",
            {
                "width": ["INT", latent_size],
                "height": ["INT", latent_size],
                "batch_size": ["INT", batch],
            },
            ["LATENT"],
            _empty_image,
        ),
        NodeType(
            "CLIPTextEncode",
            "CLIP Text Encode (Prompt)",
            "conditioning",
            {
                "text": ["STRING", {"multiline": True, "dynamicPrompts": True}],
                "clip": ["CLIP", {}],
            },
            ["CONDITIONING"],
            _stand_in,
        ),
        NodeType(
            "VAEDecode",
            "VAE Decode",
            "latent",
            {
                "samples": ["LATENT", {"tooltip": "The latent to be decoded."}],
                "vae": ["VAE", {}],
            },
            ["IMAGE"],
            _decode,
        ),
    ]


def _recorded_nodes(generation: Generation, models: dict[str, list[str]]) -> list[NodeType]:
    """The two nodes of which a recording exists; they pass pictures of one color along."""
    sampler = generation.node_info["KSampler"]
    loader = json.loads(json.dumps(generation.node_info["CheckpointLoaderSimple"]))
    loader["input"]["required"]["ckpt_name"][0] = list(models.get("checkpoints", []))
    return [_recorded("KSampler", sampler, _sample), _recorded("CheckpointLoaderSimple", loader, _stand_in)]


def _recorded(name: str, info: dict[str, Any], run: Callable[[NodeContext, Inputs], NodeResult]) -> NodeType:
    inputs, output = info["input"]["required"], info["output"]
    return NodeType(name, info["display_name"], info["category"], inputs, output, run, recorded_info=info)


def _empty_image(context: NodeContext, inputs: Inputs) -> NodeResult:
    image = Image(inputs["width"], inputs["height"], inputs["batch_size"], inputs.get("color", 0))
    return NodeResult((image,))


def _save_image(context: NodeContext, inputs: Inputs) -> NodeResult:
    return _stored(context, inputs["images"], "output", inputs["filename_prefix"])


def _preview_image(context: NodeContext, inputs: Inputs) -> NodeResult:
    return _stored(context, inputs["images"], "temp", None)


def _stored(context: NodeContext, image: Image, folder: str, prefix: str | None) -> NodeResult:
    content = png(image.width, image.height, image.color, json.dumps(context.prompt))
    return NodeResult(
        ui={"images": [context.files.save_image(folder, prefix, content) for _ in range(image.count)]}
    )


def _sleep(context: NodeContext, inputs: Inputs) -> NodeResult:
    """Take `seconds` in `steps` steps; fail before reporting step number `fail_at` + 1."""
    steps = inputs["steps"]
    for step in range(steps):
        context.wait(inputs["seconds"] / steps)
        if step == inputs["fail_at"]:
            raise RuntimeError(f"lab failure at step {step}\n")
        context.progress(step + 1, steps, preview=inputs["preview"])
    return NodeResult((Image(64, 64, color=inputs["seed"] & 0xFFFFFF),))


def _sample(context: NodeContext, inputs: Inputs) -> NodeResult:
    latent: Image = inputs["latent_image"]
    for step in range(inputs["steps"]):
        context.wait(0.02)
        context.progress(step + 1, inputs["steps"], preview=True)
    return NodeResult((Image(latent.width, latent.height, latent.count, inputs["seed"] & 0xFFFFFF),))


def _decode(context: NodeContext, inputs: Inputs) -> NodeResult:
    return NodeResult((inputs["samples"],))


def _stand_in(context: NodeContext, inputs: Inputs) -> NodeResult:
    """Models and conditionings are nothing but links between nodes here."""
    return NodeResult((None, None, None))

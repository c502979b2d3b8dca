"""What the proxies of the tests are set up with; shared by the real ones and the stand-in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

MASTER_KEY = "sk-test-0123456789abcdef"
"""The key that opens the proxies which want one."""

MODELS = {
    "story-writer": "openai/gpt-4o-mini",
    "story-critic": "anthropic/claude-3-5-sonnet-20240620",
    "translator": "gemini/gemini-1.5-flash",
    "local-llama": "ollama/llama3",
    "nobody-knows": "openai/nobody-knows",
}
"""Name for the clients of the proxy -> provider and model behind it; the last is in no list of prices."""


@dataclass(frozen=True)
class Setup:
    """What one proxy asks for and offers."""

    master_key: str = MASTER_KEY
    """Empty: it lets everybody in."""
    with_models: bool = True
    added: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Further models, as in MODELS."""

    @property
    def models(self) -> dict[str, str]:
        return {**(MODELS if self.with_models else {}), **self.added}

    def config(self) -> dict[str, object]:
        """The configuration file of the real proxy; no model asks its provider, its answers are mocked."""
        return {
            "model_list": [
                {"model_name": name, "litellm_params": _parameters(model)}
                for name, model in self.models.items()
            ],
            "general_settings": {"master_key": self.master_key} if self.master_key else {},
        }


def _parameters(model: str) -> dict[str, str]:
    return {
        "model": model,
        "mock_response": "Once upon a time.",
        "api_key": "no-key-of-a-provider",
        # Nobody listens there, should anything ask after all.
        "api_base": "http://127.0.0.1:9",
    }


SETUPS = {
    "key": Setup(),
    "open": Setup(master_key=""),
    "empty": Setup(with_models=False),
}

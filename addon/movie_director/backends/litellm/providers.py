# SPDX-License-Identifier: GPL-3.0-or-later
"""The providers of language models, and the environment variables by which the proxy knows their keys.

The variables belong to the process of the proxy: they are named for the user, never read and never sent.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

VARIABLES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "openai": ("OPENAI_API_KEY",),
        "anthropic": ("ANTHROPIC_API_KEY",),
        "gemini": ("GEMINI_API_KEY",),
        "azure": ("AZURE_API_KEY", "AZURE_API_BASE", "AZURE_API_VERSION"),
        "mistral": ("MISTRAL_API_KEY",),
        "groq": ("GROQ_API_KEY",),
        "deepseek": ("DEEPSEEK_API_KEY",),
        "xai": ("XAI_API_KEY",),
        "openrouter": ("OPENROUTER_API_KEY",),
        "together_ai": ("TOGETHERAI_API_KEY",),
        "cohere": ("COHERE_API_KEY",),
        "perplexity": ("PERPLEXITYAI_API_KEY",),
        "fireworks_ai": ("FIREWORKS_AI_API_KEY",),
        "cerebras": ("CEREBRAS_API_KEY",),
        "deepinfra": ("DEEPINFRA_API_KEY",),
        "huggingface": ("HUGGINGFACE_API_KEY",),
        "replicate": ("REPLICATE_API_KEY",),
        "bedrock": ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"),
        "vertex_ai": ("VERTEXAI_PROJECT", "VERTEXAI_LOCATION"),
        "ollama": ("OLLAMA_API_BASE",),
    }
)
"""Provider, by the name that stands before the slash in the name of a model -> variables, all needed."""

_VARIANTS: Mapping[str, str] = MappingProxyType(
    {
        "anthropic_text": "anthropic",
        "azure_ai": "azure",
        "azure_text": "azure",
        "bedrock_converse": "bedrock",
        "cohere_chat": "cohere",
        "ollama_chat": "ollama",
        "text-completion-openai": "openai",
        "vertex_ai_beta": "vertex_ai",
    }
)
"""Names under which LiteLLM lists a provider a second time."""


def plain_provider(provider: str) -> str:
    """The provider's usual name: "ollama_chat" is "ollama"."""
    return _VARIANTS.get(provider, provider)


def missing_variables(providers: Iterable[str]) -> tuple[str, ...]:
    """The variables that would bring models of further providers than these."""
    present = set(providers)
    return tuple(
        variable
        for provider, variables in VARIABLES.items()
        if provider not in present
        for variable in variables
    )

"""Who serves models, where, and in which protocol."""

from dataclasses import dataclass
from typing import Literal

Wire = Literal["openai", "anthropic"]
"""The protocol: OpenAI's chat completions, which most servers speak, or Anthropic's messages."""


@dataclass(frozen=True, slots=True)
class Provider:
    """A server of models. `key_env` is the variable that holds its key; empty where it needs none."""

    base_url: str
    key_env: str = ""
    wire: Wire = "openai"
    takes_n: bool = False
    """Whether one request may ask for several answers. Elsewhere each answer is a request of its own."""

    newer_limit: bool = False
    """Whether the limit of an answer is called `max_completion_tokens`."""

    seed_name: str = "seed"


PROVIDERS = {
    "openai": Provider("https://api.openai.com/v1", "OPENAI_API_KEY", takes_n=True, newer_limit=True),
    "anthropic": Provider("https://api.anthropic.com/v1", "ANTHROPIC_API_KEY", wire="anthropic"),
    "openrouter": Provider("https://openrouter.ai/api/v1", "OPENROUTER_API_KEY"),
    "deepseek": Provider("https://api.deepseek.com/v1", "DEEPSEEK_API_KEY"),
    "mistral": Provider("https://api.mistral.ai/v1", "MISTRAL_API_KEY", takes_n=True, seed_name="random_seed"),
    "groq": Provider("https://api.groq.com/openai/v1", "GROQ_API_KEY"),
    "together": Provider("https://api.together.ai/v1", "TOGETHER_API_KEY", takes_n=True),
    "xai": Provider("https://api.x.ai/v1", "XAI_API_KEY"),
    "gemini": Provider("https://generativelanguage.googleapis.com/v1beta/openai", "GEMINI_API_KEY"),
    "ollama": Provider("http://localhost:11434/v1"),
    "lmstudio": Provider("http://localhost:1234/v1"),
    "vllm": Provider("http://localhost:8000/v1", takes_n=True),
    "llamacpp": Provider("http://localhost:8080/v1"),
}
"""Known by name. `openai/NAME` with another address reaches any server that speaks chat completions."""

"""A folder of a causal language model in; the text that follows a prompt out."""

import threading
from functools import cached_property
from typing import Any, Final

from engine.errors import WeightsError, WriterError
from engine.models.weights import ModelWeights

_FALLBACK_LENGTH: Final = 1024


class CausalWriter:
    """A transformers model that is loaded from its folder at the first prompt, on the CPU.

    The likeliest token is taken each time, so the same prompt gives the same text.
    """

    local = True

    def __init__(self, weights: ModelWeights, *, max_tokens: int, max_seconds: float):
        self.weights = weights
        self.name = weights.name
        self._max_tokens = max_tokens
        self._max_seconds = max_seconds
        self._lock = threading.Lock()

    @cached_property
    def _loaded(self) -> tuple[Any, Any]:
        from safetensors import SafetensorError
        from transformers import AutoModelForCausalLM, AutoTokenizer
        from transformers.utils import logging

        logging.disable_progress_bar()
        path = self.weights.path
        try:
            tokenizer = AutoTokenizer.from_pretrained(path, local_files_only=True)
            model = AutoModelForCausalLM.from_pretrained(
                path, local_files_only=True, use_safetensors=True
            )
        except (OSError, ValueError, KeyError, RuntimeError, SafetensorError) as error:
            raise WeightsError(
                f"{path} does not load as the causal model {self.name}: {error}. Expected "
                "config.json, tokenizer.json and model.safetensors."
            ) from error
        return tokenizer, model.eval()

    def write(self, prompt: str) -> str:
        """The text that the model adds to a prompt.

        Raises
        ------
        WeightsError
            If the folder holds no such model.
        WriterError
            If the prompt is too long for the model.
        """
        import torch

        with self._lock, torch.inference_mode():
            tokenizer, model = self._loaded
            read = tokenizer(prompt, return_tensors="pt")
            n = int(read["input_ids"].shape[1])
            longest = int(getattr(model.config, "max_position_embeddings", _FALLBACK_LENGTH))
            if n + self._max_tokens > longest:
                raise WriterError(
                    f"the facts take {n} tokens and {self.name} reads {longest} with its answer"
                )
            made = model.generate(
                input_ids=read["input_ids"],
                attention_mask=read["attention_mask"],
                do_sample=False,
                max_new_tokens=self._max_tokens,
                max_time=self._max_seconds,
                pad_token_id=tokenizer.pad_token_id or tokenizer.eos_token_id,
            )
            return str(tokenizer.decode(made[0, n:], skip_special_tokens=True))

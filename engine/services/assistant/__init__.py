"""The assistant: one topic's answer a function, each from the engine's own answers."""

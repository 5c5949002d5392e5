"""Each signal in words, one module each: what is behind its raw value, and its reasons."""

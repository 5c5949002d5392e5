"""Many at once: one dashboard process a core behind a proxy that keeps each session on its own."""

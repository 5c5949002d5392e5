"""The routes, one module a subject; each asks one function of the engine."""

"""All lists as a folder of parts, made by one process or by many; the same bytes either way."""

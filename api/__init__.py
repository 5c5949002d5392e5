"""The JSON API: routes under /api/v1 that answer what pages and the command line answer."""

"""The dashboard's pages: plain scripts that load, filter, call the Engine and render."""

"""Raw tables and a layout in; a checked bank and its quality report out."""

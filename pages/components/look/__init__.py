"""How things look and read on every page: wording, colours, tables, charts, notices."""

"""Lists in; files that people open in a spreadsheet out."""

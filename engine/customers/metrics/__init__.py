"""The four customer metrics: features in, values 0-10 with signed contributions out."""

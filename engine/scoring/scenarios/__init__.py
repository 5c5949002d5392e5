"""One customer and one change in; what would become of their list out: why not, what if."""

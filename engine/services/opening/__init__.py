"""Which banks there are: opened, shown, described, removed."""

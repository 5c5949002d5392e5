"""Lists, scores and adoptions in, measurements out: it measures and never acts."""

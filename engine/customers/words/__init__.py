"""Messages in; texts, mood, brands and what they are about, out."""

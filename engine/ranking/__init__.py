"""Profile and models in, every product's score with its parts out."""

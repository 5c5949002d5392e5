"""A bank, its consents and text models in; the profile of every customer and of the book out."""

"""Files of any supported kind in; raw tables of text cells out."""

"""Who writes down what was said: each recogniser behind one small protocol."""

"""A list of offers, and what may be asked about it: why, why not, what if, who else."""

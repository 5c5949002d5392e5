"""One service a subject: each answers from one snapshot, or writes through one door."""

"""Named settings of a bank: kept, put in force, taken back, all on record."""

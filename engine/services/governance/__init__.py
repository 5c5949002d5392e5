"""Who answers for what: the inventory, what was overridden, and the pack for those who check."""

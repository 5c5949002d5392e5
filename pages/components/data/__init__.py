"""Banks: what one is made of, its products, and bringing a new one."""

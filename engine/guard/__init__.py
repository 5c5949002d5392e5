"""Who may be offered what, in order and with a reason; it reads no score and changes none."""

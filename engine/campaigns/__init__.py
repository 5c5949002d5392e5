"""A campaign's rules and everybody's values in; who is offered what within the limits out."""

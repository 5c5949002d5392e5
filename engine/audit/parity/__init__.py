"""Who is offered and shown what, group by group, and whether scores know the group."""

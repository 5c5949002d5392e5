"""About everybody at once: alerts, segments, selections, who would want a product."""

"""Who holds which gatekeeper role, who stands in, and when enough have signed."""

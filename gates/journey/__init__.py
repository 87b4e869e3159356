"""How a pilot moves: starting, entering phases, opening gates, keeping readiness current."""

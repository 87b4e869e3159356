"""The shape of what people type about value. Forms never save."""

"""Changes of a gate's frozen terms, with approver and reason; moving pilots to another version."""

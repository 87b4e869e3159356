"""Moving pilots under way to a newer version of their playbook."""

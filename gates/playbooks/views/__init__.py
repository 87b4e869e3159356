"""The pages of playbooks: reading and comparing them, drafts, the editor."""

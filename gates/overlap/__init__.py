"""Pilots that try the same: found by what they write about themselves, told, and told apart."""

"""The pages of one pilot: its overview with the start, the dates of its gate."""

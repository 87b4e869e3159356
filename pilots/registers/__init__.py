"""The registers of a pilot: what it risks, connects to, owes. A register is a model, a form and a row in the table."""

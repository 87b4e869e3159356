"""Reading files of pilots: from a file to what it says, row by row. No database, no models, no clock.

files (a file becomes a table) → mapping (which column means what) → reading (rows in our words, with every
problem named) → matching (what is new, changed or as before) → merging (what a person edited stays).
"""

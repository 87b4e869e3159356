"""The portfolio as a file in the columns of an inventory that was imported."""

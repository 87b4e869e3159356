"""What a regulator asks for of one pilot, on one page and as PDF."""

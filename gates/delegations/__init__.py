"""After somebody was let sign for somebody, or no longer is: both hear of it; with who leaves it ends."""

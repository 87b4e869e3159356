"""What can be done with collectors: set up, run, told of, and the hosts that they may ask."""

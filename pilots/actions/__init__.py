"""What can be done with programmes, pilots and tokens: the only place of this app that writes."""

"""The executive page: one programme's facts counted in the background, several added up when read."""

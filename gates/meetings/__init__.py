"""Gate meetings: agenda, meeting mode, votes, minutes, the invitation."""

"""The whole stack on this machine, without Docker and without root."""

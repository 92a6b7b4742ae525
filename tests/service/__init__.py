"""The floor that all services stand on."""

"""The worker's side: the holder engine, a kiosk and a command line over it."""

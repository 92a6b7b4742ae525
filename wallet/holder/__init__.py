"""The holder engine: receives, keeps and shows credentials for one worker; no web, no server."""

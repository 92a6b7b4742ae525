"""Wire messages of OpenID4VCI 1.0 and OpenID4VP 1.0: create, parse, verify; no input or output."""

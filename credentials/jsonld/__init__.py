"""JSON-LD: documents to statements, and statements to their one canonical form."""

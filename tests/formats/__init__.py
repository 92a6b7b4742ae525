"""One contract for every credential format."""

"""Speed as ratios: ours and a peer on the same work, in turns, in one run."""

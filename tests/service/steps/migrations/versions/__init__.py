"""Its steps."""

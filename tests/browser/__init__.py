"""What a person sees: Debian's Chromium on the real services."""

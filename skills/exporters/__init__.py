"""An extract as other people's programs read it; the same extract gives the same bytes.

Each module has ``write``; ``formats`` names them. Nothing that is written is signed: who wants
proof asks the person to show the proofs themselves.
"""

"""BBS signatures over BLS12-381 (draft-irtf-cfrg-bbs-signatures): sign many, show some, unlinkably.

Experimental: the draft is no RFC yet. Needs the extra ``bbs``; nothing here loads the curve before
it is used. Arithmetic on secrets is not constant time, so a signer that others can time belongs on
a machine of its own.
"""

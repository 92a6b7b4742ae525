"""Documents of the issuer: certificates, claim cards and badge pictures, set by typst.

Values in, bytes out: nothing here opens a connection, a database or a file that is not our own.
"""

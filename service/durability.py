"""What a commit has survived when it is acknowledged: a choice between safety and speed."""

from enum import StrEnum


class Durability(StrEnum):
    """What a commit has survived when it is acknowledged.

    FULL: a power cut. NORMAL: the end of this process, but a power cut (on PostgreSQL: the end of
    the server as well) may take the last moments; never half a transaction. SQLite calls it
    ``synchronous``, PostgreSQL ``synchronous_commit``.
    """

    FULL = "full"
    NORMAL = "normal"

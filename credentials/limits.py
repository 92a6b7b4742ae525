"""Every limit of the kernel, each with its reason; what exceeds one is refused, never cut."""

from datetime import timedelta

MAX_TOKEN_BYTES = 512 * 1024
"""A credential with a photo stays under 100 kB; parsers should meet nothing larger."""

MAX_JSON_DEPTH = 32
"""Real credentials nest about 8 deep; the standard parser fails at some thousand."""

MAX_JSON_ITEMS = 5_000
"""Keys and list items together; 5,000 items cost a JSON-LD processor 6 s (measured)."""

MAX_METADATA_BYTES = 1024 * 1024
"""What an issuer says of itself; the fetcher takes no more. 200 templates make 750 kB."""

MAX_METADATA_ITEMS = 50_000
"""The same document: 60 templates have 11,000 keys and items (measured). It is no JSON-LD, so an
item costs a microsecond."""

MAX_DISCLOSURES = 500
"""20,000 disclosures cost a reference library 2.9 s (measured)."""

MAX_QUADS = 5_000
"""The sample credential has 46 statements; 600 skills give about 4,500."""

MAX_CANONICAL_WORK = 20_000
"""N-degree calls and permutations together (RDFC-1.0, section 4.8)."""

MAX_STATUS_LIST_BYTES = 8 * 1024 * 1024
"""2^26 one-bit statuses; 348 kB of gzip can hold 256 MiB of zeros (measured)."""

MIN_BITSTRING_BITS = 131_072
"""Bitstring Status List, section 3.2: smaller lists do not hide a holder in a crowd."""

MAX_POINTERS = 1_000
"""JSON pointers of one choice; 600 skills are chosen with as many."""

MAX_PROOFS = 8
"""Proofs of one document: each costs a signature check."""

CLOCK_SKEW = timedelta(seconds=60)
"""Clocks of two honest machines differ by less."""

MAX_KEY_BINDING_AGE = timedelta(minutes=10)
"""A live presentation answers a request that lives no longer."""

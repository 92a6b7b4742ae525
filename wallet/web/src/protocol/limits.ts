/** Every limit of the protocol, as in `credentials/limits.py`; what exceeds one is refused. */

/** A credential with a photo stays under 100 kB. */
export const MAX_TOKEN_BYTES = 512 * 1024;

/** Real credentials nest about 8 deep. */
export const MAX_JSON_DEPTH = 32;

/** Keys and list items together. */
export const MAX_JSON_ITEMS = 5_000;

/** 20,000 disclosures cost a reference library 2.9 s (measured). */
export const MAX_DISCLOSURES = 500;

/** 2^26 one-bit statuses. */
export const MAX_STATUS_LIST_BYTES = 8 * 1024 * 1024;

/** A header names an algorithm and a key; with a certificate chain it stays under 8 kB. */
export const MAX_HEADER_BYTES = 16 * 1024;

/** Seconds: clocks of two honest machines differ by less. */
export const CLOCK_SKEW = 60;

/** Seconds: a live presentation answers a request that lives no longer. */
export const MAX_KEY_BINDING_AGE = 600;

/** A query of fifty credentials stays under 30 kB. */
export const MAX_REQUEST_BYTES = 64 * 1024;

/** Longer addresses are cut or refused somewhere on the way. */
export const MAX_URL_LENGTH = 2_048;

/** Nobody honest sends fifty fields. */
export const MAX_FORM_FIELDS = 50;

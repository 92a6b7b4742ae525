/** Every limit of the protocol, as in `credentials/limits.py`; what exceeds one is refused. */

export const MAX_TOKEN_BYTES = 512 * 1024; // a credential with a photo stays under 100 kB
export const MAX_JSON_DEPTH = 32; // real credentials nest about 8 deep
export const MAX_JSON_ITEMS = 5_000; // keys and list items together
export const MAX_DISCLOSURES = 500; // 20,000 cost a reference library 2.9 s (measured)
export const MAX_STATUS_LIST_BYTES = 8 * 1024 * 1024; // 2^26 one-bit statuses
export const MAX_HEADER_BYTES = 16 * 1024; // with a certificate chain a header stays under 8 kB
export const CLOCK_SKEW = 60; // seconds: clocks of two honest machines differ by less
export const MAX_KEY_BINDING_AGE = 600; // seconds: the request that is answered lives no longer
export const MAX_REQUEST_BYTES = 64 * 1024; // a query of fifty credentials stays under 30 kB
export const MAX_URL_LENGTH = 2_048; // longer addresses are cut or refused somewhere on the way
export const MAX_FORM_FIELDS = 50; // nobody honest sends fifty fields

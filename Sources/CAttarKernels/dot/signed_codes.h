// Codes of activations as signed bytes, for products that take two signed operands.

#define DOT_ZERO 0

typedef int8_t dot_code;

ATTAR_INLINE void dot_store_codes(dot_code *to, v16i bits) {
    store_bytes16(to, bits);
}

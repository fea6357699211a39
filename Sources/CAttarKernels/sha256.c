#include <string.h>

#include "attar_kernels.h"

// FIPS 180-4. The constants are the first 32 bits of the fractional parts of the cube roots of the first 64 primes.
static const uint32_t constants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static uint32_t rotated(uint32_t x, int bits) { return x >> bits | x << (32 - bits); }

static void compress(uint32_t state[8], const unsigned char *block) {
    uint32_t w[64];
    for (int t = 0; t < 16; t++)
        w[t] = (uint32_t)block[4 * t] << 24 | (uint32_t)block[4 * t + 1] << 16 | (uint32_t)block[4 * t + 2] << 8 |
               block[4 * t + 3];
    for (int t = 16; t < 64; t++) {
        const uint32_t near = rotated(w[t - 2], 17) ^ rotated(w[t - 2], 19) ^ w[t - 2] >> 10;
        const uint32_t far = rotated(w[t - 15], 7) ^ rotated(w[t - 15], 18) ^ w[t - 15] >> 3;
        w[t] = near + w[t - 7] + far + w[t - 16];
    }
    uint32_t a = state[0], b = state[1], c = state[2], d = state[3];
    uint32_t e = state[4], f = state[5], g = state[6], h = state[7];
    for (int t = 0; t < 64; t++) {
        const uint32_t one = h + (rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25)) + ((e & f) ^ (~e & g)) +
                             constants[t] + w[t];
        const uint32_t two = (rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
        h = g, g = f, f = e, e = d + one;
        d = c, c = b, b = a, a = one + two;
    }
    state[0] += a, state[1] += b, state[2] += c, state[3] += d;
    state[4] += e, state[5] += f, state[6] += g, state[7] += h;
}

void attar_sha256_start(attar_sha256 *hash) {
    // The first 32 bits of the fractional parts of the square roots of the first 8 primes.
    static const uint32_t start[8] = {
        0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
    };
    memcpy(hash->state, start, sizeof start);
    hash->bytes = 0;
}

void attar_sha256_add(attar_sha256 *hash, const void *bytes, size_t size) {
    const unsigned char *p = bytes;
    while (size > 0) {
        const size_t held = hash->bytes % 64;
        const size_t taken = size < 64 - held ? size : 64 - held;
        if (taken == 64) {
            compress(hash->state, p);
        } else {
            memcpy(hash->block + held, p, taken);
            if (held + taken == 64) compress(hash->state, hash->block);
        }
        hash->bytes += taken;
        p += taken;
        size -= taken;
    }
}

void attar_sha256_finish(attar_sha256 *hash, unsigned char digest[32]) {
    static const unsigned char padding[64] = {0x80};
    unsigned char bits[8];
    for (int byte = 0; byte < 8; byte++) bits[byte] = (unsigned char)(hash->bytes * 8 >> (56 - 8 * byte));
    const size_t held = hash->bytes % 64;
    attar_sha256_add(hash, padding, held < 56 ? 56 - held : 120 - held);
    attar_sha256_add(hash, bits, 8);
    for (int byte = 0; byte < 32; byte++)
        digest[byte] = (unsigned char)(hash->state[byte / 4] >> (24 - 8 * (byte % 4)));
}

// AES-256-GCM and HMAC-SHA-256 of OpenSSL 3, for what the outbox keeps.
//
// In C because each call here is a dozen of OpenSSL's around a context that must be freed on every path, and because the
// header of EVP is mostly macros, which Swift does not see. No handle crosses this line: bytes go in, bytes come out.
// libcrypto is in the process already, as libpq needs it.
//
// OWNERSHIP: every pointer is the caller's, and is not kept. THREADS: any. RETURNS: 1 when done, 0 when not; then what is
// behind `out` must not be used.

#ifndef OUTBOX_SEAL_H
#define OUTBOX_SEAL_H

#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

enum {
    outbox_key_bytes = 32,
    outbox_nonce_bytes = 12,
    outbox_tag_bytes = 16,
    outbox_mac_bytes = 32,
};

// Writes a random nonce, the ciphertext (as long as `plain`) and the tag: `plain_count` + 28 bytes.
int outbox_seal(const uint8_t *key, const uint8_t *associated, size_t associated_count, const uint8_t *plain,
                size_t plain_count, uint8_t *out);

// Reads what outbox_seal wrote, of `sealed_count` >= 28 bytes; writes `sealed_count` - 28 bytes. 0 too for bytes that
// were changed, or were sealed with another key or other associated bytes.
int outbox_open(const uint8_t *key, const uint8_t *associated, size_t associated_count, const uint8_t *sealed,
                size_t sealed_count, uint8_t *out);

// Writes the 32 bytes of HMAC-SHA-256 (RFC 2104).
int outbox_mac(const uint8_t *key, size_t key_count, const uint8_t *bytes, size_t count, uint8_t *out);

#pragma clang assume_nonnull end

#endif

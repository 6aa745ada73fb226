/// The few operations of OpenSSL 3 that session keys and ID tokens need, as functions on bytes.
///
/// WHY C: what is used of OpenSSL is a dozen calls on handles that only live within one operation, some of them macros and
/// variadic; written here, Swift sees one kind of handle, the key, and cannot leak any other.
/// RESULTS: functions that return int return 1 for success and 0 for failure; those that return a key return NULL for
/// failure. No text of OpenSSL's leaves: its error queue of the calling thread is empty after each call.
/// THREADS: a key may be used by several threads at once, as it never changes after it was made.
#ifndef AUTH_CRYPTO_H
#define AUTH_CRYPTO_H

#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

/// A private or public key. OWNERSHIP: the caller's, until auth_crypto_free.
typedef struct auth_crypto_key auth_crypto_key;

#define AUTH_CRYPTO_SCALAR 32
#define AUTH_CRYPTO_POINT 65
#define AUTH_CRYPTO_SIGNATURE 64
#define AUTH_CRYPTO_SEAL_KEY 32
#define AUTH_CRYPTO_SEAL_NONCE 12
#define AUTH_CRYPTO_SEAL_TAG 16

/// A new private key on P-256.
auth_crypto_key *_Nullable auth_crypto_p256_generate(void);
/// A private key of its scalar and its point (0x04, X, Y; SEC 1 §2.3.3), which must belong together.
auth_crypto_key *_Nullable auth_crypto_p256_private(const uint8_t *scalar, const uint8_t *point);
/// Writes the scalar (32 bytes) and the point (65 bytes) of a private key.
int auth_crypto_p256_export(const auth_crypto_key *key, uint8_t *scalar, uint8_t *point);
/// A public RSA key of its modulus and exponent, big-endian.
auth_crypto_key *_Nullable auth_crypto_rsa_public(const uint8_t *modulus, size_t modulus_length,
                                                  const uint8_t *exponent, size_t exponent_length);
void auth_crypto_free(auth_crypto_key *_Nullable key);

/// ECDSA with SHA-256; the signature is r and s, 32 bytes each (RFC 7518 §3.4).
int auth_crypto_es256_sign(const auth_crypto_key *key, const uint8_t *message, size_t length,
                           uint8_t *signature);
/// 1 only for a valid signature with 0 < r < n and 0 < s < n.
int auth_crypto_es256_verify(const auth_crypto_key *key, const uint8_t *message, size_t length,
                             const uint8_t *signature);
/// RSASSA-PKCS1-v1_5 with SHA-256 (RFC 8017 §8.2).
int auth_crypto_rs256_verify(const auth_crypto_key *key, const uint8_t *message, size_t length,
                             const uint8_t *signature, size_t signature_length);

/// AES-256-GCM (NIST SP 800-38D): writes length bytes and a tag of 16.
int auth_crypto_seal(const uint8_t *key, const uint8_t *nonce, const uint8_t *context,
                     size_t context_length, const uint8_t *plain, size_t length, uint8_t *sealed);
/// The opposite: length counts the tag, length - 16 bytes are written. 0 if key, context or any byte differs.
int auth_crypto_open(const uint8_t *key, const uint8_t *nonce, const uint8_t *context,
                     size_t context_length, const uint8_t *sealed, size_t length, uint8_t *plain);

/// HMAC-SHA-256 (RFC 2104), 32 bytes.
int auth_crypto_hmac(const uint8_t *key, size_t key_length, const uint8_t *message, size_t length,
                     uint8_t *digest);

#pragma clang assume_nonnull end

#endif

/// ECDSA on P-256 with SHA-256 of OpenSSL 3, for the signature of SendGrid's event webhook.
///
/// WHY C: it is a dozen calls around contexts that must be freed on every path, the key's curve is asked for by name,
/// and OpenSSL's error queue of the calling thread must be empty afterwards. No handle crosses this line.
/// OWNERSHIP: every pointer is the caller's, and is not kept. THREADS: any.
#ifndef SENDGRID_HOOK_H
#define SENDGRID_HOOK_H

#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

/// 1 if `key` is a public key on P-256 as SubjectPublicKeyInfo in DER (RFC 5480), and nothing follows it; else 0.
int sendgrid_hook_is_key(const uint8_t *key, size_t key_count);

/// 1 only if `signature` (r and s as ECDSA-Sig-Value in DER, RFC 3279 §2.2.3) is valid for `prefix` followed by
/// `message`. 0 for anything else, a key that is none included.
int sendgrid_hook_verify(const uint8_t *key, size_t key_count, const uint8_t *prefix, size_t prefix_count,
                         const uint8_t *message, size_t message_count, const uint8_t *signature, size_t signature_count);

#pragma clang assume_nonnull end

#endif

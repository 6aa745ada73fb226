#include "outbox_seal.h"

#include <limits.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

// EVP counts in int.
static int fits(size_t a, size_t b) { return a <= INT_MAX - 64 && b <= INT_MAX - 64; }

int outbox_seal(const uint8_t *key, const uint8_t *associated, size_t associated_count, const uint8_t *plain,
                size_t plain_count, uint8_t *out) {
    if (!fits(associated_count, plain_count)) return 0;
    if (RAND_bytes(out, outbox_nonce_bytes) != 1) return 0;
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    if (context == NULL) return 0;
    uint8_t *text = out + outbox_nonce_bytes;
    int count = 0;
    int done = EVP_EncryptInit_ex(context, EVP_aes_256_gcm(), NULL, key, out) == 1 &&
               EVP_EncryptUpdate(context, NULL, &count, associated, (int)associated_count) == 1 &&
               EVP_EncryptUpdate(context, text, &count, plain, (int)plain_count) == 1 &&
               EVP_EncryptFinal_ex(context, text + plain_count, &count) == 1 &&
               EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_GET_TAG, outbox_tag_bytes, text + plain_count) == 1;
    EVP_CIPHER_CTX_free(context);
    return done;
}

int outbox_open(const uint8_t *key, const uint8_t *associated, size_t associated_count, const uint8_t *sealed,
                size_t sealed_count, uint8_t *out) {
    if (!fits(associated_count, sealed_count) || sealed_count < outbox_nonce_bytes + outbox_tag_bytes) return 0;
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    if (context == NULL) return 0;
    size_t text_count = sealed_count - outbox_nonce_bytes - outbox_tag_bytes;
    const uint8_t *text = sealed + outbox_nonce_bytes;
    // The library wants the tag as writable, and only reads it.
    void *tag = (void *)(text + text_count);
    int count = 0;
    int done = EVP_DecryptInit_ex(context, EVP_aes_256_gcm(), NULL, key, sealed) == 1 &&
               EVP_DecryptUpdate(context, NULL, &count, associated, (int)associated_count) == 1 &&
               EVP_DecryptUpdate(context, out, &count, text, (int)text_count) == 1 &&
               EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_SET_TAG, outbox_tag_bytes, tag) == 1 &&
               EVP_DecryptFinal_ex(context, out + text_count, &count) == 1;
    EVP_CIPHER_CTX_free(context);
    return done;
}

int outbox_mac(const uint8_t *key, size_t key_count, const uint8_t *bytes, size_t count, uint8_t *out) {
    if (!fits(key_count, count)) return 0;
    unsigned int length = 0;
    return HMAC(EVP_sha256(), key, (int)key_count, bytes, count, out, &length) != NULL && length == outbox_mac_bytes;
}

#include "sendgrid_hook.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <string.h>

static EVP_PKEY *read_key(const uint8_t *key, size_t key_count) {
    if (key_count == 0 || key_count > 1024) return NULL;
    const unsigned char *next = key;
    EVP_PKEY *read = d2i_PUBKEY(NULL, &next, (long)key_count);
    char group[32];
    size_t length = 0;
    if (read != NULL && next == key + key_count && EVP_PKEY_is_a(read, "EC") &&
        EVP_PKEY_get_group_name(read, group, sizeof group, &length) == 1 && strcmp(group, "prime256v1") == 0)
        return read;
    EVP_PKEY_free(read);
    return NULL;
}

int sendgrid_hook_is_key(const uint8_t *key, size_t key_count) {
    EVP_PKEY *read = read_key(key, key_count);
    EVP_PKEY_free(read);
    ERR_clear_error();
    return read != NULL;
}

int sendgrid_hook_verify(const uint8_t *key, size_t key_count, const uint8_t *prefix, size_t prefix_count,
                         const uint8_t *message, size_t message_count, const uint8_t *signature, size_t signature_count) {
    EVP_PKEY *read = read_key(key, key_count);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    int valid = read != NULL && context != NULL && EVP_DigestVerifyInit(context, NULL, EVP_sha256(), NULL, read) == 1 &&
                EVP_DigestVerifyUpdate(context, prefix, prefix_count) == 1 &&
                EVP_DigestVerifyUpdate(context, message, message_count) == 1 &&
                EVP_DigestVerifyFinal(context, signature, signature_count) == 1;
    EVP_MD_CTX_free(context);
    EVP_PKEY_free(read);
    ERR_clear_error();
    return valid;
}

/* OpenSSL's macros would put the path of this file into the library. */
#define OPENSSL_NO_FILENAMES
#include "auth_crypto.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/param_build.h>
#include <string.h>

/* auth_crypto_key is EVP_PKEY under a name that needs no header of OpenSSL's. */
static EVP_PKEY *pkey(const auth_crypto_key *key) { return (EVP_PKEY *)key; }

static int done(int result) {
    ERR_clear_error();
    return result == 1;
}

static auth_crypto_key *made(EVP_PKEY *key) {
    ERR_clear_error();
    return (auth_crypto_key *)key;
}

/* A key of parameters that the builder holds; checks what `selection` says is there. */
static EVP_PKEY *from_parameters(const char *type, OSSL_PARAM_BLD *builder, int selection) {
    EVP_PKEY *key = NULL;
    OSSL_PARAM *parameters = OSSL_PARAM_BLD_to_param(builder);
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
    if (parameters && context && EVP_PKEY_fromdata_init(context) == 1)
        EVP_PKEY_fromdata(context, &key, selection, parameters);
    EVP_PKEY_CTX_free(context);
    OSSL_PARAM_free(parameters);
    return key;
}

/* Whether the key's numbers make sense: the point is on the curve, the scalar belongs to it. */
static int is_sound(EVP_PKEY *key, int with_private) {
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);
    int sound = context && (with_private ? EVP_PKEY_check(context) : EVP_PKEY_public_check(context)) == 1;
    EVP_PKEY_CTX_free(context);
    return sound;
}

auth_crypto_key *auth_crypto_p256_generate(void) { return made(EVP_EC_gen("P-256")); }

auth_crypto_key *auth_crypto_p256_private(const uint8_t *scalar, const uint8_t *point) {
    EVP_PKEY *key = NULL;
    BIGNUM *number = BN_bin2bn(scalar, AUTH_CRYPTO_SCALAR, BN_secure_new());
    OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
    if (builder && number &&
        OSSL_PARAM_BLD_push_utf8_string(builder, OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0) &&
        OSSL_PARAM_BLD_push_octet_string(builder, OSSL_PKEY_PARAM_PUB_KEY, point, AUTH_CRYPTO_POINT) &&
        OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_PRIV_KEY, number))
        key = from_parameters("EC", builder, EVP_PKEY_KEYPAIR);
    OSSL_PARAM_BLD_free(builder);
    BN_clear_free(number);
    if (key && !is_sound(key, 1)) {
        EVP_PKEY_free(key);
        key = NULL;
    }
    return made(key);
}

int auth_crypto_p256_export(const auth_crypto_key *key, uint8_t *scalar, uint8_t *point) {
    BIGNUM *number = NULL, *x = NULL, *y = NULL;
    int result = EVP_PKEY_get_bn_param(pkey(key), OSSL_PKEY_PARAM_PRIV_KEY, &number) == 1 &&
                 BN_bn2binpad(number, scalar, AUTH_CRYPTO_SCALAR) == AUTH_CRYPTO_SCALAR &&
                 EVP_PKEY_get_bn_param(pkey(key), OSSL_PKEY_PARAM_EC_PUB_X, &x) == 1 &&
                 EVP_PKEY_get_bn_param(pkey(key), OSSL_PKEY_PARAM_EC_PUB_Y, &y) == 1 &&
                 BN_bn2binpad(x, point + 1, 32) == 32 && BN_bn2binpad(y, point + 33, 32) == 32;
    point[0] = 4; /* not compressed */
    BN_clear_free(number);
    BN_free(x);
    BN_free(y);
    return done(result);
}

auth_crypto_key *auth_crypto_rsa_public(const uint8_t *modulus, size_t modulus_length, const uint8_t *exponent,
                                        size_t exponent_length) {
    EVP_PKEY *key = NULL;
    BIGNUM *n = BN_bin2bn(modulus, (int)modulus_length, NULL);
    BIGNUM *e = BN_bin2bn(exponent, (int)exponent_length, NULL);
    OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
    if (builder && n && e && OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_N, n) &&
        OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_E, e))
        key = from_parameters("RSA", builder, EVP_PKEY_PUBLIC_KEY);
    OSSL_PARAM_BLD_free(builder);
    BN_free(n);
    BN_free(e);
    if (key && !is_sound(key, 0)) {
        EVP_PKEY_free(key);
        key = NULL;
    }
    return made(key);
}

void auth_crypto_free(auth_crypto_key *key) { EVP_PKEY_free(pkey(key)); }

int auth_crypto_es256_sign(const auth_crypto_key *key, const uint8_t *message, size_t length, uint8_t *signature) {
    uint8_t der[80];
    size_t der_length = sizeof der;
    const uint8_t *start = der;
    ECDSA_SIG *pair = NULL;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    int result = context && EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, pkey(key)) == 1 &&
                 EVP_DigestSign(context, der, &der_length, message, length) == 1 &&
                 (pair = d2i_ECDSA_SIG(NULL, &start, (long)der_length)) != NULL &&
                 BN_bn2binpad(ECDSA_SIG_get0_r(pair), signature, 32) == 32 &&
                 BN_bn2binpad(ECDSA_SIG_get0_s(pair), signature + 32, 32) == 32;
    ECDSA_SIG_free(pair);
    EVP_MD_CTX_free(context);
    return done(result);
}

static int verified(const auth_crypto_key *key, const uint8_t *message, size_t length, const uint8_t *signature,
                    size_t signature_length) {
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    int result = context && EVP_DigestVerifyInit(context, NULL, EVP_sha256(), NULL, pkey(key)) == 1 &&
                 EVP_DigestVerify(context, signature, signature_length, message, length) == 1;
    EVP_MD_CTX_free(context);
    return result;
}

int auth_crypto_es256_verify(const auth_crypto_key *key, const uint8_t *message, size_t length,
                             const uint8_t *signature) {
    uint8_t *der = NULL;
    int der_length = 0, result = 0;
    BIGNUM *r = BN_bin2bn(signature, 32, NULL);
    BIGNUM *s = BN_bin2bn(signature + 32, 32, NULL);
    ECDSA_SIG *pair = ECDSA_SIG_new();
    if (r && s && pair && !BN_is_zero(r) && !BN_is_zero(s) && ECDSA_SIG_set0(pair, r, s) == 1) {
        r = s = NULL; /* the pair's now */
        der_length = i2d_ECDSA_SIG(pair, &der);
        /* What is not below the order of the curve, OpenSSL refuses. */
        result = der_length > 0 && EVP_PKEY_is_a(pkey(key), "EC") &&
                 verified(key, message, length, der, (size_t)der_length);
    }
    OPENSSL_free(der);
    ECDSA_SIG_free(pair);
    BN_free(r);
    BN_free(s);
    return done(result);
}

int auth_crypto_rs256_verify(const auth_crypto_key *key, const uint8_t *message, size_t length,
                             const uint8_t *signature, size_t signature_length) {
    /* PKCS #1 v1.5 is what OpenSSL does with an RSA key unless told otherwise. */
    return done(EVP_PKEY_is_a(pkey(key), "RSA") && verified(key, message, length, signature, signature_length));
}

int auth_crypto_seal(const uint8_t *key, const uint8_t *nonce, const uint8_t *context_bytes, size_t context_length,
                     const uint8_t *plain, size_t length, uint8_t *sealed) {
    int written = 0, rest = 0;
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    int result = context && EVP_EncryptInit_ex(context, EVP_aes_256_gcm(), NULL, key, nonce) == 1 &&
                 EVP_EncryptUpdate(context, NULL, &written, context_bytes, (int)context_length) == 1 &&
                 EVP_EncryptUpdate(context, sealed, &written, plain, (int)length) == 1 &&
                 EVP_EncryptFinal_ex(context, sealed + written, &rest) == 1 && (size_t)(written + rest) == length &&
                 EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_GET_TAG, AUTH_CRYPTO_SEAL_TAG, sealed + length) == 1;
    EVP_CIPHER_CTX_free(context);
    return done(result);
}

int auth_crypto_open(const uint8_t *key, const uint8_t *nonce, const uint8_t *context_bytes, size_t context_length,
                     const uint8_t *sealed, size_t length, uint8_t *plain) {
    int written = 0, rest = 0;
    uint8_t tag[AUTH_CRYPTO_SEAL_TAG];
    if (length < AUTH_CRYPTO_SEAL_TAG) return 0;
    length -= AUTH_CRYPTO_SEAL_TAG;
    memcpy(tag, sealed + length, sizeof tag);
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    int result = context && EVP_DecryptInit_ex(context, EVP_aes_256_gcm(), NULL, key, nonce) == 1 &&
                 EVP_DecryptUpdate(context, NULL, &written, context_bytes, (int)context_length) == 1 &&
                 EVP_DecryptUpdate(context, plain, &written, sealed, (int)length) == 1 &&
                 EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_SET_TAG, AUTH_CRYPTO_SEAL_TAG, tag) == 1 &&
                 EVP_DecryptFinal_ex(context, plain + written, &rest) == 1 && (size_t)(written + rest) == length;
    EVP_CIPHER_CTX_free(context);
    return done(result);
}

int auth_crypto_hmac(const uint8_t *key, size_t key_length, const uint8_t *message, size_t length, uint8_t *digest) {
    unsigned int written = 0;
    int result = HMAC(EVP_sha256(), key, (int)key_length, message, length, digest, &written) != NULL && written == 32;
    return done(result);
}

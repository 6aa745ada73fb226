#ifndef SYSTEM_CURL_H
#define SYSTEM_CURL_H

// Why C: curl sets and reads options with variadic functions, which Swift cannot call; so there is one function for each
// type of argument. The names in parentheses keep curl's checking macros of the same name out.
// OpenSSL is here because curl would parse the authorities' file (17 ms for Debian's) on the loop, once for each
// multi handle; a store that was read elsewhere is handed to it instead.

#include <curl/curl.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

// MARK: Options of a transfer

static inline CURLcode mesh_curl_set_long(CURL *_Nonnull easy, CURLoption option, long value) {
    return (curl_easy_setopt)(easy, option, value);
}
static inline CURLcode mesh_curl_set_offset(CURL *_Nonnull easy, CURLoption option, curl_off_t value) {
    return (curl_easy_setopt)(easy, option, value);
}
/// curl copies the text.
static inline CURLcode mesh_curl_set_text(CURL *_Nonnull easy, CURLoption option, const char *_Nullable value) {
    return (curl_easy_setopt)(easy, option, value);
}
/// curl keeps the pointer: whose it is, and how long it must live, is the option's own rule.
static inline CURLcode mesh_curl_set_pointer(CURL *_Nonnull easy, CURLoption option, void *_Nullable value) {
    return (curl_easy_setopt)(easy, option, value);
}

/// Data callbacks (write, header, read) have one shape.
typedef size_t (*mesh_curl_data_callback)(char *_Nullable, size_t, size_t, void *_Nullable);
static inline CURLcode mesh_curl_set_data_callback(CURL *_Nonnull easy, CURLoption option, mesh_curl_data_callback _Nullable f) {
    return (curl_easy_setopt)(easy, option, f);
}
static inline CURLcode mesh_curl_set_seek(CURL *_Nonnull easy, curl_seek_callback _Nullable f) {
    return (curl_easy_setopt)(easy, CURLOPT_SEEKFUNCTION, f);
}
static inline CURLcode mesh_curl_set_prerequest(CURL *_Nonnull easy, curl_prereq_callback _Nullable f) {
    return (curl_easy_setopt)(easy, CURLOPT_PREREQFUNCTION, f);
}
static inline CURLcode mesh_curl_set_open_socket(CURL *_Nonnull easy, curl_opensocket_callback _Nullable f) {
    return (curl_easy_setopt)(easy, CURLOPT_OPENSOCKETFUNCTION, f);
}
static inline CURLcode mesh_curl_set_close_socket(CURL *_Nonnull easy, curl_closesocket_callback _Nullable f) {
    return (curl_easy_setopt)(easy, CURLOPT_CLOSESOCKETFUNCTION, f);
}
static inline CURLcode mesh_curl_set_tls_context(CURL *_Nonnull easy, curl_ssl_ctx_callback _Nullable f) {
    return (curl_easy_setopt)(easy, CURLOPT_SSL_CTX_FUNCTION, f);
}

// MARK: What a transfer says about itself

static inline CURLcode mesh_curl_get_long(CURL *_Nonnull easy, CURLINFO info, long *_Nonnull value) {
    return (curl_easy_getinfo)(easy, info, value);
}
static inline CURLcode mesh_curl_get_socket(CURL *_Nonnull easy, CURLINFO info, curl_socket_t *_Nonnull value) {
    return (curl_easy_getinfo)(easy, info, value);
}

// MARK: Options of a multi handle

static inline CURLMcode mesh_curl_multi_set_long(CURLM *_Nonnull multi, CURLMoption option, long value) {
    return (curl_multi_setopt)(multi, option, value);
}
static inline CURLMcode mesh_curl_multi_set_pointer(CURLM *_Nonnull multi, CURLMoption option, void *_Nullable value) {
    return (curl_multi_setopt)(multi, option, value);
}
static inline CURLMcode mesh_curl_multi_set_socket(CURLM *_Nonnull multi, curl_socket_callback _Nullable f) {
    return (curl_multi_setopt)(multi, CURLMOPT_SOCKETFUNCTION, f);
}
static inline CURLMcode mesh_curl_multi_set_timer(CURLM *_Nonnull multi, curl_multi_timer_callback _Nullable f) {
    return (curl_multi_setopt)(multi, CURLMOPT_TIMERFUNCTION, f);
}

/// The result in a message that says a transfer is done; Swift sees the union's members, but not which one holds.
static inline CURLcode mesh_curl_result(const CURLMsg *_Nonnull message) { return message->data.result; }

// MARK: Certificates

/// Hands the store to a TLS context, which takes a reference of its own.
static inline void mesh_tls_use_store(void *_Nonnull context, X509_STORE *_Nonnull store) {
    SSL_CTX_set1_cert_store((SSL_CTX *)context, store);
}

/// One end of a handshake within memory, with a key of its own that lives for the call; nothing leaves the process.
static inline SSL_CTX *_Nullable mesh_tls_rehearsal_server(void) {
    SSL_CTX *context = SSL_CTX_new(TLS_server_method());
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *certificate = X509_new();
    int is_ready = 0;
    if (context && key && certificate) {
        X509_gmtime_adj(X509_getm_notBefore(certificate), 0);
        X509_gmtime_adj(X509_getm_notAfter(certificate), 60);
        is_ready = X509_set_version(certificate, X509_VERSION_3) && X509_set_pubkey(certificate, key) &&
                   X509_sign(certificate, key, EVP_sha256()) > 0 && SSL_CTX_use_certificate(context, certificate) == 1 &&
                   SSL_CTX_use_PrivateKey(context, key) == 1;
    }
    X509_free(certificate);
    EVP_PKEY_free(key);
    if (is_ready) return context;
    SSL_CTX_free(context);
    return NULL;
}

/// Does once what every handshake does, and checks some signatures of the store's certificates: OpenSSL looks algorithms up
/// when they are first used, which doubles the time of the first handshake. What fails is left to the handshakes to come.
/// Blocks for some milliseconds.
static inline void mesh_tls_rehearse(X509_STORE *_Nonnull store) {
    STACK_OF(X509_OBJECT) *objects = X509_STORE_get0_objects(store);
    int count = sk_X509_OBJECT_num(objects);
    for (int index = 0; index < count && index < 16; index++) {
        X509 *certificate = X509_OBJECT_get0_X509(sk_X509_OBJECT_value(objects, index));
        if (certificate) X509_verify(certificate, X509_get0_pubkey(certificate));
    }
    SSL_CTX *server_context = mesh_tls_rehearsal_server();
    SSL_CTX *client_context = SSL_CTX_new(TLS_client_method());
    SSL *server = server_context ? SSL_new(server_context) : NULL;
    SSL *client = client_context ? SSL_new(client_context) : NULL;
    BIO *near_end = NULL;
    BIO *far_end = NULL;
    if (server && client && BIO_new_bio_pair(&near_end, 1 << 16, &far_end, 1 << 16)) {
        SSL_set_bio(client, near_end, near_end);
        SSL_set_bio(server, far_end, far_end);
        for (int turn = 0; turn < 4; turn++) {
            SSL_connect(client);
            SSL_accept(server);
        }
    }
    SSL_free(client);
    SSL_free(server);
    SSL_CTX_free(client_context);
    SSL_CTX_free(server_context);
    ERR_clear_error();
}

#endif

#ifndef SYSTEM_SSL_H
#define SYSTEM_SSL_H

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

/* What OpenSSL has as macros with casts only, and so Swift cannot call. */

/* Names the host in the handshake (RFC 6066, section 3). */
static inline long mesh_ssl_set_server_name(SSL *session, const char *name) {
    return SSL_set_tlsext_host_name(session, name);
}

/* The oldest version that is spoken, as TLS1_3_VERSION. */
static inline int mesh_ssl_context_set_oldest(SSL_CTX *context, int version) {
    return (int)SSL_CTX_set_min_proto_version(context, version);
}

/* Adds a certificate of the chain between ours and its authority. Takes a reference of its own. */
static inline int mesh_ssl_context_add_chain(SSL_CTX *context, X509 *certificate) {
    return (int)SSL_CTX_add1_chain_cert(context, certificate);
}

static inline int mesh_ssl_context_set_groups(SSL_CTX *context, const char *names) {
    return (int)SSL_CTX_set1_groups_list(context, names);
}

/* No renegotiation, no compression, no sessions kept here, our order of ciphers, and no buffers for who sends nothing. */
static inline void mesh_ssl_context_harden(SSL_CTX *context) {
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
}

/* No session is taken up again. */
static inline void mesh_ssl_context_resume_nothing(SSL_CTX *context) {
    SSL_CTX_set_options(context, SSL_OP_NO_TICKET);
    SSL_CTX_set_num_tickets(context, 0);
}

static inline void mesh_bio_set_retry_read(BIO *bio) { BIO_set_retry_read(bio); }
static inline void mesh_bio_clear_retry(BIO *bio) { BIO_clear_retry_flags(bio); }

/* The next of the certificate's alternative names of one kind (GEN_DNS, GEN_URI) from position *next on: its length, and
 * where it begins in *start; -1 if there is none. `names` is what mesh_x509_names gave. */
static inline int mesh_x509_next_name(
    const GENERAL_NAMES *names, int kind, int *next, const unsigned char **start
) {
    while (*next < sk_GENERAL_NAME_num(names)) {
        const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, (*next)++);
        if (name->type != kind) continue;
        *start = ASN1_STRING_get0_data(name->d.ia5);
        return ASN1_STRING_length(name->d.ia5);
    }
    return -1;
}

/* Null if the certificate has none. To be given back with GENERAL_NAMES_free. */
static inline GENERAL_NAMES *mesh_x509_names(const X509 *certificate) {
    return (GENERAL_NAMES *)X509_get_ext_d2i(certificate, NID_subject_alt_name, NULL, NULL);
}

#endif

#ifndef SYSTEM_SSL_H
#define SYSTEM_SSL_H

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

/* Names the host in the handshake (RFC 6066, section 3). In C because OpenSSL has it as a macro with a cast only. */
static inline long mesh_ssl_set_server_name(SSL *session, const char *name) {
    return SSL_set_tlsext_host_name(session, name);
}

#endif

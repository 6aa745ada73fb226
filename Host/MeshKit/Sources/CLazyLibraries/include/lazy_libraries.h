#ifndef LAZY_LIBRARIES_H
#define LAZY_LIBRARIES_H

/*
 * libcurl, libpq, OpenSSL and zlib, opened when the first client of theirs is made: with what they bring along (GnuTLS, Kerberos, LDAP,
 * SSH, …) they are a quarter of the memory of a service that uses neither, and 10 ms of its start.
 *
 * Their functions are declared by their own headers and called by their own names; what is called is a stub of this
 * library, hidden from everybody else, that jumps to where `dlsym` found the function. In C and assembly, because the
 * functions are called from C shims too, and some take a variable number of arguments.
 */

/* Opens libcurl.so.4, and libssl.so.3 beside it, and finds their functions. Null when they can be called, else why not: a text that lives on.
 * THREAD: any; opens once. Blocks for some 10 ms the first time. */
const char *_Nullable mesh_lazy_curl(void);

/* The same for libpq.so.5 and libssl.so.3. */
const char *_Nullable mesh_lazy_pq(void);

/* The same for libssl.so.3 alone, and for libcrypto.so.3, which it brings. */
const char *_Nullable mesh_lazy_ssl(void);

/* The same for libz.so.1. libcurl has brought it already where that is open. */
const char *_Nullable mesh_lazy_z(void);

/* Whether the libpq that was opened has PQsendPipelineSync (libpq 17). */
int mesh_lazy_pq_has_send_sync(void);

#endif

#include "lazy_libraries.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The only calls of dlsym beside the plugin loader's. */

#define LAZY(library, index, name) [index] = #name,
static const char *const curl_names[] = {
#include "curl_symbols.inc"
};
static const char *const pq_names[] = {
#include "pq_symbols.inc"
};
static const char *const ssl_names[] = {
#include "ssl_symbols.inc"
};
static const char *const z_names[] = {
#include "z_symbols.inc"
};
#undef LAZY

#define COUNT(names) (sizeof(names) / sizeof *(names))

/* Read by the stubs; written once, before anybody is told that the functions can be called. */
__attribute__((visibility("hidden"))) void *lazy_curl_table[COUNT(curl_names)];
__attribute__((visibility("hidden"))) void *lazy_pq_table[COUNT(pq_names)];
__attribute__((visibility("hidden"))) void *lazy_ssl_table[COUNT(ssl_names)];
__attribute__((visibility("hidden"))) void *lazy_z_table[COUNT(z_names)];

static char curl_problem[256], pq_problem[256], ssl_problem[256], z_problem[256];
static pthread_once_t curl_once = PTHREAD_ONCE_INIT, pq_once = PTHREAD_ONCE_INIT;
static pthread_once_t ssl_once = PTHREAD_ONCE_INIT, z_once = PTHREAD_ONCE_INIT;

/* A stub whose function was never looked up: a mistake of this program, not of the machine. */
static void unopened(void) {
    static const char text[] = "lonja: a function of libcurl, libpq, OpenSSL or zlib was called before the library was opened\n";
    fputs(text, stderr);
    abort();
}

static void open_library(
    const char *file, const char *package, const char *const *names, size_t count, size_t optional, void **table, char problem[256]
) {
    for (size_t index = 0; index < count; index++) table[index] = (void *)unopened;
    void *library = dlopen(file, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    if (!library) {
        snprintf(problem, 256, "%s cannot be opened (%s); install %s", file, dlerror(), package);
        return;
    }
    for (size_t index = 0; index < count; index++) {
        void *function = dlsym(library, names[index]);
        if (function) {
            table[index] = function;
        } else if (index < count - optional) {
            snprintf(problem, 256, "%s has no %s; install a newer %s", file, names[index], package);
            return;
        }
    }
}

static void open_curl(void) {
    open_library("libcurl.so.4", "libcurl4", curl_names, COUNT(curl_names), 0, lazy_curl_table, curl_problem);
}

/* The last name of the list is the one that older versions lack. */
static void open_pq(void) {
    open_library("libpq.so.5", "libpq5", pq_names, COUNT(pq_names), 1, lazy_pq_table, pq_problem);
}

/* libssl.so.3 brings libcrypto.so.3, whose functions are found through it (dlsym(3)). */
static void open_ssl(void) {
    open_library("libssl.so.3", "libssl3", ssl_names, COUNT(ssl_names), 0, lazy_ssl_table, ssl_problem);
}

static void open_z(void) { open_library("libz.so.1", "zlib1g", z_names, COUNT(z_names), 0, lazy_z_table, z_problem); }

/* Whoever uses libcurl or libpq looks at the certificates that they see, by OpenSSL, which both bring along. */
const char *mesh_lazy_curl(void) {
    pthread_once(&curl_once, open_curl);
    return *curl_problem ? curl_problem : mesh_lazy_ssl();
}

const char *mesh_lazy_pq(void) {
    pthread_once(&pq_once, open_pq);
    return *pq_problem ? pq_problem : mesh_lazy_ssl();
}

const char *mesh_lazy_ssl(void) {
    pthread_once(&ssl_once, open_ssl);
    return *ssl_problem ? ssl_problem : NULL;
}

const char *mesh_lazy_z(void) {
    pthread_once(&z_once, open_z);
    return *z_problem ? z_problem : NULL;
}

int mesh_lazy_pq_has_send_sync(void) { return lazy_pq_table[COUNT(pq_names) - 1] != (void *)unopened; }

// Brotli and gzip of pages, made once for each build of the client.
//
// In C because zlib's entry is a macro, which Swift does not see. Files of the build come compressed; pages do not, as the
// server puts language and theme into them.
//
// OWNERSHIP: every pointer is the caller's, and is not kept. THREADS: any; blocks for as long as the work takes.
// RETURNS: the bytes written to `out`, 0 if `room` is too little or memory is short.

#ifndef WEB_CODING_H
#define WEB_CODING_H

#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

// The most that either writes for so many bytes.
size_t web_coding_room(size_t count);

// RFC 7932, at the highest quality.
size_t web_brotli(const uint8_t *plain, size_t count, uint8_t *out, size_t room);

// RFC 1952, without name or time, so that the same bytes give the same bytes.
size_t web_gzip(const uint8_t *plain, size_t count, uint8_t *out, size_t room);

#pragma clang assume_nonnull end

#endif

#ifndef SYSTEM_Z_H
#define SYSTEM_Z_H

// Why C: `inflateInit2` and `deflateInit2` are macros with arguments, which Swift does not see.

#include <zlib.h>

/// RFC 1950 (zlib) with `bits` 15, raw RFC 1951 with -15, RFC 1952 (gzip) with 31.
static inline int mesh_inflate_init(z_stream *_Nonnull stream, int bits) { return inflateInit2(stream, bits); }

/// RFC 1952 (gzip) at a level of 1 to 9; 256 KB until deflateEnd.
static inline int mesh_gzip_init(z_stream *_Nonnull stream, int level) {
    return deflateInit2(stream, level, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY);
}

#endif

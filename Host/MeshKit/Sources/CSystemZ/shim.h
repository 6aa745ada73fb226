#ifndef SYSTEM_Z_H
#define SYSTEM_Z_H

// Why C: `inflateInit2` is a macro with arguments, which Swift does not see.

#include <zlib.h>

/// RFC 1950 (zlib) with `bits` 15, raw RFC 1951 with -15, RFC 1952 (gzip) with 31.
static inline int mesh_inflate_init(z_stream *_Nonnull stream, int bits) { return inflateInit2(stream, bits); }

#endif

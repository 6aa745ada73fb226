#include "web_coding.h"

#include <brotli/encode.h>
#include <limits.h>
#include <zlib.h>

size_t web_coding_room(size_t count) { return count + count / 4 + 1024; }

size_t web_brotli(const uint8_t *plain, size_t count, uint8_t *out, size_t room) {
    size_t written = room;
    return BrotliEncoderCompress(BROTLI_MAX_QUALITY, BROTLI_DEFAULT_WINDOW, BROTLI_MODE_TEXT, count, plain, &written,
                                 out) == BROTLI_TRUE
               ? written
               : 0;
}

size_t web_gzip(const uint8_t *plain, size_t count, uint8_t *out, size_t room) {
    if (count > UINT_MAX || room > UINT_MAX) return 0;
    z_stream stream = {.next_in = (Bytef *)plain, .avail_in = (uInt)count, .next_out = out, .avail_out = (uInt)room};
    // 16 more bits of the window ask for the gzip format.
    if (deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK) return 0;
    int end = deflate(&stream, Z_FINISH);
    size_t written = stream.total_out;
    deflateEnd(&stream);
    return end == Z_STREAM_END ? written : 0;
}

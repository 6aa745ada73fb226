#include <hiredis/read.h>
#include <hiredis/sds.h>

/* What the reader is in the middle of: the REDIS_REPLY_* of the item it has begun, 0 when it has begun none or does not
 * know its kind yet. Here, because Swift sees the array `rstack` as a tuple and cannot index it. */
static inline int mesh_hiredis_partial_type(const redisReader *reader) {
    if (reader->ridx < 0 || reader->ridx > 8) return 0;
    int type = reader->rstack[reader->ridx].type;
    return type < 0 ? 0 : type;
}

/* Forgets what the reader holds and has not read: somebody else has taken it. Here, because the buffer is hiredis' own kind
 * of string, which knows its length beside the reader's `len`. */
static inline void mesh_hiredis_forget_rest(redisReader *reader) {
    sdssetlen(reader->buf, reader->pos);
    reader->buf[reader->pos] = '\0';
    reader->len = reader->pos;
}

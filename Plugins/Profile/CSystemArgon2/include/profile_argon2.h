#ifndef PROFILE_ARGON2_H
#define PROFILE_ARGON2_H

#include <stddef.h>
#include <stdint.h>

/*
 * Argon2id (RFC 9106) of libargon2, in memory that the caller brings.
 *
 * In C because libargon2 asks for its work area by a function without any argument of the caller's: here it finds the
 * area in a variable of the thread. An area that is used again spares the kernel 19 MiB of fresh pages for each hash.
 */

/* Hashes on the calling thread, lanes one after the other. 0, or an error of libargon2.
 *
 * OWNERSHIP: everything is the caller's and only used during the call. `area` must have `area_size` bytes, at least
 *   memory_kib * 1024; it is wiped before the return. `password` may be null if its size is 0.
 * THREAD: any; blocks for as long as the hash takes. One call at a time for an area. */
int profile_argon2id(
    void *_Nonnull area,
    size_t area_size,
    uint32_t memory_kib,
    uint32_t passes,
    uint32_t lanes,
    const uint8_t *_Nullable password,
    size_t password_size,
    const uint8_t *_Nonnull salt,
    size_t salt_size,
    uint8_t *_Nonnull tag,
    size_t tag_size);

/* Has the calling thread, and it alone, run when no other wants the processor: SCHED_IDLE (sched(7)), or this nice value where
 * that is refused. In C because neither gettid nor SCHED_IDLE has a Swift name. 0, or errno. */
int profile_thread_yields(int nice);

#endif

/*
 * Files that are only memory. In C, because glibc gives these names only with _GNU_SOURCE, which Swift does not set.
 */
#ifndef HOST_MEMORY_H
#define HOST_MEMORY_H

#include <stdbool.h>
#include <stddef.h>

/*
 * A memory file of `count` bytes that nobody can change any more, or -1 with errno.
 * OWNERSHIP: the descriptor is the caller's; `bytes` are copied.
 */
int host_memory_sealed(const char *_Nonnull name, const void *_Nonnull bytes, size_t count);

/* Whether libraries cannot be opened from the folder `path`: it is missing or mounted noexec. */
bool host_memory_forbids_execution(const char *_Nonnull path);

#endif

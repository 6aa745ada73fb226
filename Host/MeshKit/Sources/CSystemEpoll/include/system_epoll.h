#ifndef SYSTEM_EPOLL_H
#define SYSTEM_EPOLL_H

// Why C: the Glibc module of Swift leaves out epoll, eventfd and mallopt, accept4 and memfd_create need _GNU_SOURCE,
// and Swift has neither a thread-local variable that is read with one instruction nor a prefetch.

#include <stdint.h>

/// The event loop that this thread runs, or NULL. Not owned.
const void *_Nullable mesh_current_loop(void);
/// Called once by a loop's thread, before it runs anything.
void mesh_set_current_loop(const void *_Nullable loop);

/// epoll_create1, closed on exec; -1 and errno on failure.
int mesh_epoll_create(void);
/// A non-blocking eventfd, closed on exec; -1 and errno on failure.
int mesh_eventfd(void);

/// epoll_ctl with a plain 64-bit token, as Swift imports neither the packed struct nor its union well.
/// `operation` is one of the three below.
int mesh_epoll_control(int epoll, int operation, int fd, uint32_t events, uint64_t token);

enum { mesh_epoll_add = 1, mesh_epoll_delete = 2, mesh_epoll_modify = 3 };

/// A ready descriptor: what was registered for it, and what happened.
typedef struct {
    uint64_t token;
    uint32_t events;
} mesh_epoll_ready;

/// epoll_wait into at most `capacity` (≤ 256) plain rows; -1 and errno on failure.
int mesh_epoll_wait(int epoll, mesh_epoll_ready *_Nonnull ready, int capacity, int timeout_ms);

/// accept4 with SOCK_NONBLOCK | SOCK_CLOEXEC; `address` is a sockaddr_storage of `length` bytes.
int mesh_accept(int fd, void *_Nonnull address, uint32_t *_Nonnull length);

/// An empty file of this process's memory (memfd_create), closed on exec; -1 and errno on failure.
int mesh_memory_file(void);

/// How many processors the scheduler lets this process use; 0 if it cannot tell.
int mesh_affinity_count(void);

/// Has the C library do nothing that takes milliseconds within one call of free (mallopt, for the whole process):
/// - it joins freed blocks with their neighbours at once (M_MXFAST 0); else it gathers small ones, and joins tens of
///   thousands of them within the call that frees the next large block: 4 ms, whoever makes that call;
/// - it keeps up to 64 MB that are free at the end of the heap (M_TRIM_THRESHOLD); else it gives megabytes back to the
///   kernel page by page, 2 to 3 ms, and takes them again soon after.
/// Any thread, any number of times.
void mesh_tune_allocator(void);

/// Asks the processor for so many lines of 64 bytes, which will be read soon. Any address: one that is not mapped does
/// nothing.
static inline void mesh_read_ahead(uint64_t address, uint32_t lines) {
    for (uint32_t line = 0; line < lines; line++) __builtin_prefetch((const char *)address + 64 * (uint64_t)line, 0, 2);
}

/// Names the calling thread (at most 15 bytes), for debuggers and `top -H`.
void mesh_name_thread(const char *_Nonnull name);

#endif

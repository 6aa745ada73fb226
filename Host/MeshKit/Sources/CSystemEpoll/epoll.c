#define _GNU_SOURCE
#include "system_epoll.h"

#include <malloc.h>
#include <pthread.h>
#include <sched.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>

static __thread const void *current_loop __attribute__((tls_model("initial-exec")));

const void *mesh_current_loop(void) { return current_loop; }
void mesh_set_current_loop(const void *loop) { current_loop = loop; }

int mesh_epoll_create(void) { return epoll_create1(EPOLL_CLOEXEC); }
int mesh_eventfd(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

int mesh_epoll_control(int epoll, int operation, int fd, uint32_t events, uint64_t token) {
    struct epoll_event event = {.events = events, .data = {.u64 = token}};
    return epoll_ctl(epoll, operation, fd, &event);
}

int mesh_epoll_wait(int epoll, mesh_epoll_ready *ready, int capacity, int timeout_ms) {
    struct epoll_event events[256];
    int count = epoll_wait(epoll, events, capacity < 256 ? capacity : 256, timeout_ms);
    for (int i = 0; i < count; i++) {
        ready[i].token = events[i].data.u64;
        ready[i].events = events[i].events;
    }
    return count;
}

int mesh_accept(int fd, void *address, uint32_t *length) {
    return accept4(fd, address, length, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

int mesh_memory_file(void) { return memfd_create("lonja", MFD_CLOEXEC); }

void mesh_tune_allocator(void) {
    mallopt(M_MXFAST, 0);
    // Setting one of these two ends that glibc adjusts the other.
    mallopt(M_TRIM_THRESHOLD, 64 << 20);
    mallopt(M_MMAP_THRESHOLD, 4 << 20);
}

int mesh_affinity_count(void) {
    cpu_set_t set;
    return sched_getaffinity(0, sizeof(set), &set) == 0 ? CPU_COUNT(&set) : 0;
}

void mesh_name_thread(const char *name) { pthread_setname_np(pthread_self(), name); }

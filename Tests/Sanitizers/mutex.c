/* Preloaded with the thread sanitizer. A mutex of Swift's Synchronization that is contended is taken within its library,
   which is not instrumented, so that the sanitizer misses who waited for whom and takes what the mutex guards for a race.
   These stand before the library's functions, call them, and say what happened. On Linux (6.3): lib Synchronization,
   Mutex/LinuxImpl.swift. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>
#include <stdlib.h>

#define SWIFT __attribute__((swiftcall))
#define SELF __attribute__((swift_context))

extern void __tsan_acquire(void *address) __attribute__((weak));
extern void __tsan_release(void *address) __attribute__((weak));

typedef SWIFT void (*lock_function)(uint32_t thread, SELF void *handle);
typedef SWIFT void (*unlock_function)(SELF void *handle);

static void *behind(const char *name) {
    void *found = dlsym(RTLD_NEXT, name);
    if (!found) { abort(); }
    return found;
}

SWIFT void lock_slow(uint32_t thread, SELF void *handle) __asm__("$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF");
SWIFT void lock_slow(uint32_t thread, SELF void *handle) {
    static lock_function next;
    if (!next) { next = (lock_function)behind("$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"); }
    next(thread, handle);
    if (__tsan_acquire) { __tsan_acquire(handle); }
}

SWIFT void unlock_slow(SELF void *handle) __asm__("$s15Synchronization12_MutexHandleV11_unlockSlowyyF");
SWIFT void unlock_slow(SELF void *handle) {
    static unlock_function next;
    if (!next) { next = (unlock_function)behind("$s15Synchronization12_MutexHandleV11_unlockSlowyyF"); }
    if (__tsan_release) { __tsan_release(handle); }
    next(handle);
}

/*
 * The last words of the process: when a plugin traps, one line names it.
 * In C, because a handler of SIGILL may only call what is async-signal-safe, and Swift promises that of nothing.
 */
#ifndef HOST_TRAP_H
#define HOST_TRAP_H

#include <stdint.h>

/* Handles SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGFPE and SIGABRT: writes the line to standard error, raises it again. */
void host_trap_install(void);

/*
 * Remembers which code is whose: finds the executable ranges of the library opened from `path` (as the loader knows
 * it) and files them under `name`. Both are copied; a text beyond 63 bytes is cut. Returns the number of ranges;
 * 0 if there is no such library or the table (128 ranges) is full.
 * THREAD: one caller at a time; a signal may come at any moment.
 */
int host_trap_add_library(const char *_Nonnull name, const char *_Nonnull path);

/* Name filed for the code address `pc`, or null. Async-signal-safe. The text lives as long as the process. */
const char *_Nullable host_trap_name_of(uintptr_t pc);

#endif

/*
 * Servers that run as children of this process. In C, because between fork and exec only async-signal-safe functions may
 * be called, and Swift promises that of nothing.
 */
#ifndef HOST_CHILD_H
#define HOST_CHILD_H

#include <sys/types.h>

/* What to run. OWNERSHIP: everything is the caller's and only read during the call. */
struct host_child {
    /* Absolute. */
    const char *_Nonnull path;
    /* Both end with a null pointer. */
    char *_Nullable const *_Nonnull arguments;
    char *_Nullable const *_Nonnull environment;
    /* The child's working folder; entered before privileges are given up. */
    const char *_Nonnull folder;
    /* Where its output and errors go. */
    int log;
    /* Who it is; changed only if this process is root. */
    uid_t user;
    gid_t group;
    /* What it gets when the calling THREAD ends, and so at the latest when this process does. */
    int parent_death_signal;
};

/*
 * Starts the child in a process group of its own, so that Ctrl-C at a terminal does not reach it.
 * Returns its process id; -1 with errno if it cannot be started, which includes a failing exec.
 * THREAD: one that lives as long as the child shall.
 */
pid_t host_child_start(const struct host_child *_Nonnull child);

/* A descriptor that becomes readable when the child `pid` ends; -1 with errno. OWNERSHIP: the caller's. */
int host_child_watch(pid_t pid);

#endif

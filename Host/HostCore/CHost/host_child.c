#define _GNU_SOURCE
#include "host_child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* Runs in the child: system calls only. Returns where it failed, with errno. */
static void become(const struct host_child *child, pid_t parent) {
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGPIPE, SIG_DFL);
    signal(SIGINT, SIG_DFL);
    signal(SIGTERM, SIG_DFL);
    int nothing = open("/dev/null", O_RDONLY);
    if (nothing < 0 || dup2(nothing, 0) < 0 || dup2(child->log, 1) < 0 || dup2(child->log, 2) < 0) return;
    if (setpgid(0, 0) != 0 || chdir(child->folder) != 0) return;
    if (geteuid() == 0) {
        /* The system calls themselves: glibc's functions want to tell threads that are not here. */
        if (syscall(SYS_setgroups, 0, NULL) != 0 || syscall(SYS_setresgid, child->group, child->group, child->group) != 0 ||
            syscall(SYS_setresuid, child->user, child->user, child->user) != 0)
            return;
    }
    /* A change of user clears it, so it comes after; the parent may be gone by now. */
    if (prctl(PR_SET_PDEATHSIG, child->parent_death_signal) != 0) return;
    if (getppid() != parent) {
        errno = ESRCH;
        return;
    }
    execve(child->path, child->arguments, child->environment);
}

pid_t host_child_start(const struct host_child *child) {
    int report[2];
    if (pipe2(report, O_CLOEXEC) != 0) return -1;
    pid_t parent = getpid();
    pid_t pid = fork();
    if (pid == 0) {
        become(child, parent);
        int error = errno;
        ssize_t ignored = write(report[1], &error, sizeof error);
        (void)ignored;
        _exit(127);
    }
    int error = errno;
    close(report[1]);
    if (pid > 0) {
        /* Ends without a byte when exec closes the other side. */
        ssize_t count;
        do count = read(report[0], &error, sizeof error);
        while (count < 0 && errno == EINTR);
        if (count == sizeof error) {
            while (waitpid(pid, NULL, 0) < 0 && errno == EINTR) {}
            pid = -1;
        }
    }
    close(report[0]);
    if (pid < 0) errno = error;
    return pid;
}

int host_child_watch(pid_t pid) { return (int)syscall(SYS_pidfd_open, pid, 0); }

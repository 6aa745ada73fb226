#define _GNU_SOURCE
#include "host_memory.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/statvfs.h>
#include <unistd.h>

int host_memory_sealed(const char *name, const void *bytes, size_t count) {
    int descriptor = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (descriptor < 0) return -1;
    size_t written = 0;
    while (written < count) {
        ssize_t step = write(descriptor, (const char *)bytes + written, count - written);
        if (step < 0 && errno == EINTR) continue;
        if (step <= 0) goto failed;
        written += (size_t)step;
    }
    if (fcntl(descriptor, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE) == 0) return descriptor;
failed:;
    int error = errno;
    close(descriptor);
    errno = error;
    return -1;
}

bool host_memory_forbids_execution(const char *path) {
    struct statvfs status;
    return statvfs(path, &status) != 0 || (status.f_flag & ST_NOEXEC) != 0;
}

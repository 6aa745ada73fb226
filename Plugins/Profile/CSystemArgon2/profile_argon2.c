#define _GNU_SOURCE
#include "profile_argon2.h"

#include <argon2.h>
#include <errno.h>
#include <sched.h>
#include <sys/resource.h>
#include <unistd.h>

static _Thread_local uint8_t *current_area;
static _Thread_local size_t current_size;

static int take_area(uint8_t **memory, size_t size) {
    if (size > current_size) return ARGON2_MEMORY_ALLOCATION_ERROR;
    *memory = current_area;
    return ARGON2_OK;
}

/* libargon2 has wiped it already (FLAG_clear_internal_memory). */
static void leave_area(uint8_t *memory, size_t size) {
    (void)memory;
    (void)size;
}

int profile_argon2id(
    void *area,
    size_t area_size,
    uint32_t memory_kib,
    uint32_t passes,
    uint32_t lanes,
    const uint8_t *password,
    size_t password_size,
    const uint8_t *salt,
    size_t salt_size,
    uint8_t *tag,
    size_t tag_size) {
    if (password_size > UINT32_MAX || salt_size > UINT32_MAX || tag_size > UINT32_MAX) return ARGON2_PWD_TOO_LONG;
    argon2_context context = {
        .out = tag,
        .outlen = (uint32_t)tag_size,
        /* Not written to: no flag asks for it. */
        .pwd = (uint8_t *)password,
        .pwdlen = (uint32_t)password_size,
        .salt = (uint8_t *)salt,
        .saltlen = (uint32_t)salt_size,
        .t_cost = passes,
        .m_cost = memory_kib,
        .lanes = lanes,
        .threads = 1,
        .version = ARGON2_VERSION_13,
        .allocate_cbk = take_area,
        .free_cbk = leave_area,
        .flags = ARGON2_DEFAULT_FLAGS,
    };
    current_area = area;
    current_size = area_size;
    int result = argon2_ctx(&context, Argon2_id);
    current_area = NULL;
    current_size = 0;
    return result;
}

int profile_thread_yields(int nice) {
    struct sched_param none = {0};
    if (sched_setscheduler(0, SCHED_IDLE, &none) == 0) return 0;
    return setpriority(PRIO_PROCESS, (id_t)gettid(), nice) == 0 ? 0 : errno;
}

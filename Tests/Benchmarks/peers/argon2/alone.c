// Hashes a second of Argon2id alone, and the processor time of each: a loop around libargon2 in each thread.
//   alone THREADS SECONDS idle|nice MEMORY_KIB PASSES
// The threads yield to others as those of profile do, and each has one area for all its hashes, in huge pages where
// there are any: whoever asks libargon2 for memory each time is slower, as the kernel has to give and clear it.
#define _GNU_SOURCE
#include <argon2.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

static atomic_bool over;
static atomic_long hashes;
static uint32_t memory, passes;
static int is_idle;
static _Thread_local uint8_t *area;

static int take(uint8_t **where, size_t size) {
    (void)size;
    *where = area;
    return ARGON2_OK;
}

static void leave(uint8_t *where, size_t size) {
    (void)where;
    (void)size;
}

static void *work(void *unused) {
    (void)unused;
    struct sched_param none = {0};
    int yields = is_idle ? sched_setscheduler(0, SCHED_IDLE, &none) : setpriority(PRIO_PROCESS, (id_t)gettid(), 10);
    if (yields != 0) abort();
    size_t page = 2 << 20, size = ((size_t)memory * 1024 + page - 1) / page * page;
    area = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (area == MAP_FAILED) abort();
    madvise(area, size, MADV_HUGEPAGE);
    while (!atomic_load(&over)) {
        uint8_t tag[32], salt[16] = {1}, password[] = "una contraseña bastante larga";
        argon2_context context = {
            .out = tag, .outlen = sizeof tag, .pwd = password, .pwdlen = sizeof password - 1, .salt = salt,
            .saltlen = sizeof salt, .t_cost = passes, .m_cost = memory, .lanes = 1, .threads = 1,
            .version = ARGON2_VERSION_13, .allocate_cbk = take, .free_cbk = leave, .flags = ARGON2_DEFAULT_FLAGS,
        };
        if (argon2_ctx(&context, Argon2_id) != ARGON2_OK) abort();
        atomic_fetch_add(&hashes, 1);
    }
    return NULL;
}

static double now(clockid_t clock) {
    struct timespec time;
    clock_gettime(clock, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

int main(int count, char **arguments) {
    if (count != 6) return 64;
    int threads = atoi(arguments[1]);
    double seconds = atof(arguments[2]);
    is_idle = strcmp(arguments[3], "idle") == 0;
    memory = (uint32_t)atol(arguments[4]);
    passes = (uint32_t)atol(arguments[5]);
    if (threads < 1 || threads > 256) return 64;
    pthread_t all[256];
    for (int index = 0; index < threads; index++)
        if (pthread_create(&all[index], NULL, work, NULL) != 0) return 70;
    // The first hashes have the kernel give their memory.
    usleep(500000);
    long before = atomic_load(&hashes);
    double start = now(CLOCK_MONOTONIC), used = now(CLOCK_PROCESS_CPUTIME_ID);
    usleep((useconds_t)(seconds * 1e6));
    double done = (double)(atomic_load(&hashes) - before);
    double rate = done / (now(CLOCK_MONOTONIC) - start), each = (now(CLOCK_PROCESS_CPUTIME_ID) - used) / done;
    atomic_store(&over, 1);
    for (int index = 0; index < threads; index++) pthread_join(all[index], NULL);
    printf("%.3f %.6f\n", rate, each);
    return 0;
}

#define _GNU_SOURCE
#include "host_trap.h"

#include <link.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <ucontext.h>
#include <unistd.h>

#define RANGES 128
#define DEPTH 64
#define STACK_SIZE (64 * 1024)

struct range {
    uintptr_t start, end;
    char name[64];
};

/* Entries below `used` are complete and never change, so the handler needs no lock. */
static struct range ranges[RANGES];
static atomic_int used;
static _Alignas(16) char handler_stack[STACK_SIZE];

const char *host_trap_name_of(uintptr_t pc) {
    int count = atomic_load_explicit(&used, memory_order_acquire);
    for (int index = 0; index < count; index++) {
        if (pc >= ranges[index].start && pc < ranges[index].end) return ranges[index].name;
    }
    return NULL;
}

struct search {
    const char *name, *path;
    int found;
};

static int visit(struct dl_phdr_info *info, size_t size, void *data) {
    (void)size;
    struct search *search = data;
    if (!info->dlpi_name || strcmp(info->dlpi_name, search->path) != 0) return 0;
    for (int index = 0; index < info->dlpi_phnum; index++) {
        const ElfW(Phdr) *header = &info->dlpi_phdr[index];
        if (header->p_type != PT_LOAD || !(header->p_flags & PF_X)) continue;
        int slot = atomic_load_explicit(&used, memory_order_relaxed);
        if (slot == RANGES) return 1;
        struct range *range = &ranges[slot];
        range->start = info->dlpi_addr + header->p_vaddr;
        range->end = range->start + header->p_memsz;
        strncpy(range->name, search->name, sizeof range->name - 1);
        atomic_store_explicit(&used, slot + 1, memory_order_release);
        search->found++;
    }
    return 1;
}

int host_trap_add_library(const char *name, const char *path) {
    struct search search = {name, path, 0};
    dl_iterate_phdr(visit, &search);
    return search.found;
}

static void say(const char *text) {
    ssize_t ignored = write(STDERR_FILENO, text, strlen(text));
    (void)ignored;
}

static const char *signal_name(int number) {
    switch (number) {
    case SIGILL: return "SIGILL";
    case SIGTRAP: return "SIGTRAP";
    case SIGSEGV: return "SIGSEGV";
    case SIGBUS: return "SIGBUS";
    case SIGFPE: return "SIGFPE";
    case SIGABRT: return "SIGABRT";
    default: return "a signal";
    }
}

/*
 * Whose code is running: the faulting instruction's, else the nearest caller's by frame pointers (a trap inside the
 * Swift runtime on behalf of a plugin, as for an array index). Frames are read only while they climb the same stack.
 */
static const char *owner(const ucontext_t *context) {
    uintptr_t pc = 0, frame = 0, stack = 0;
#if defined(__x86_64__)
    pc = (uintptr_t)context->uc_mcontext.gregs[REG_RIP];
    frame = (uintptr_t)context->uc_mcontext.gregs[REG_RBP];
    stack = (uintptr_t)context->uc_mcontext.gregs[REG_RSP];
#elif defined(__aarch64__)
    pc = (uintptr_t)context->uc_mcontext.pc;
    frame = (uintptr_t)context->uc_mcontext.regs[29];
    stack = (uintptr_t)context->uc_mcontext.sp;
#endif
    const char *name = host_trap_name_of(pc);
    uintptr_t limit = stack + 1024 * 1024;
    for (int depth = 0; !name && depth < DEPTH && frame >= stack && frame < limit && frame % 8 == 0; depth++) {
        uintptr_t next = ((const uintptr_t *)frame)[0];
        name = host_trap_name_of(((const uintptr_t *)frame)[1]);
        if (next <= frame) break;
        frame = next;
    }
    return name;
}

static void last_words(int number, siginfo_t *info, void *context) {
    (void)info;
    /* From here on the default applies, also if finding the owner faults: reading a wild frame must not loop. */
    signal(number, SIG_DFL);
    signal(SIGSEGV, SIG_DFL);
    signal(SIGBUS, SIG_DFL);
    const char *name = owner(context);
    say("lonja: ");
    say(signal_name(number));
    if (name) {
        say(" in the code of plugin ");
        say(name);
    } else {
        say(" outside the code of any plugin");
    }
    say("; the process ends here\n");
    raise(number);
}

void host_trap_install(void) {
    stack_t stack = {.ss_sp = handler_stack, .ss_size = STACK_SIZE};
    sigaltstack(&stack, NULL);
    struct sigaction action = {.sa_sigaction = last_words, .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER};
    sigemptyset(&action.sa_mask);
    static const int numbers[] = {SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGFPE, SIGABRT};
    for (size_t index = 0; index < sizeof numbers / sizeof *numbers; index++) sigaction(numbers[index], &action, NULL);
}

/*
 * One stub for each function of the lists: it jumps to the address in the library's table, with every register that
 * carries an argument left as it is. Hidden, so that only this shared library calls them: libcurl's and libpq's own
 * calls among themselves never come here.
 */
#if defined(__x86_64__)
#define LAZY(library, index, name) lazy_stub library, index, name
.macro lazy_stub library, index, name
    .text
    .globl \name
    .hidden \name
    .type \name, @function
    .p2align 4
\name:
    endbr64
    movq lazy_\library\()_table + 8 * \index(%rip), %r11
    jmpq *%r11
    .size \name, . - \name
.endm
#elif defined(__aarch64__)
#define LAZY(library, index, name) lazy_stub library, index, name
.macro lazy_stub library, index, name
    .text
    .globl \name
    .hidden \name
    .type \name, %function
    .p2align 2
\name:
    bti c
    adrp x16, lazy_\library\()_table
    add x16, x16, :lo12:lazy_\library\()_table
    ldr x16, [x16, #(8 * \index)]
    br x16
    .size \name, . - \name
.endm
#else
#error "no stubs for this processor"
#endif

#include "curl_symbols.inc"
#include "pq_symbols.inc"
#include "ssl_symbols.inc"
#include "z_symbols.inc"

    .section .note.GNU-stack, "", %progbits

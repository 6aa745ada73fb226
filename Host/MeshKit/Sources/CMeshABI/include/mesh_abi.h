/*
 * The door between the host `lonja` and its plugins.
 *
 * A plugin is an ELF shared library with two things in it that the host knows by name:
 *   1. a section MESH_STAMP_SECTION, holding one mesh_stamp_t: what the plugin is and what it was built with;
 *   2. a function MESH_ENTRY_SYMBOL of type mesh_plugin_entry_t.
 *
 * ORDER. The host reads the stamp from the file, before the library is opened. Only if every field agrees does it open
 * the library, call the entry once, compare the door with the stamp, and then call `make`. So nothing of a refused
 * plugin runs, not even a constructor. Why C: Swift types are only shared safely by builds that agree on their layout;
 * this header is the part that must be readable when they do not.
 *
 * TRUST. A plugin runs with all rights of the host. The stamp guards against mistakes, not against malice;
 * `plugins.<name>.sha256` in the configuration pins the bytes.
 *
 * BYTE ORDER. Little-endian, 64-bit. The host refuses any other ELF file before it looks at the stamp.
 *
 * VERSIONS. A change of a field's meaning, place or type: MESH_ABI_MAJOR + 1. A field added at the end, or a new
 * promise: MESH_ABI_MINOR + 1. A host loads a plugin of the same major whose minor is not above its own.
 */
#ifndef MESH_ABI_H
#define MESH_ABI_H

#include <stddef.h>
#include <stdint.h>

/* Version of this door. */
#define MESH_ABI_MAJOR 1
#define MESH_ABI_MINOR 0

/* Version of Lonja: host, SDK and the plugins built with it. The only place where it is written. */
#define MESH_VERSION "0.1.0"

/* Where the stamp is, what it starts with, and which form of mesh_stamp_t this is. */
#define MESH_STAMP_SECTION ".lonja"
#define MESH_STAMP_MAGIC "LONJASTP"
#define MESH_STAMP_VERSION 1

/* Name of the one exported function. */
#define MESH_ENTRY_SYMBOL "mesh_plugin"

/*
 * What a plugin is and what it was built with. Constant data of the plugin, laid down by the compiler.
 * Text is UTF-8 padded with zero bytes; a text that fills its field has no terminator.
 */
typedef struct mesh_stamp_t {
    uint8_t magic[8];        /* MESH_STAMP_MAGIC */
    uint32_t struct_version; /* MESH_STAMP_VERSION the plugin was compiled with */
    uint32_t door_size;      /* sizeof(mesh_plugin_t) the plugin was compiled with */
    uint32_t abi_major;      /* MESH_ABI_MAJOR the plugin was compiled with */
    uint32_t abi_minor;      /* MESH_ABI_MINOR the plugin was compiled with */
    uint8_t sdk_hash[32];    /* SHA-256 over the sources of MeshKit and Contracts: layouts and inlined code */
    char compiler[32];       /* Swift compiler, as "6.3.1" */
    char kind[32];           /* "service", or the slot of a driver: "market.quotes" */
    char name[32];           /* one path component of a-z, 0-9 and "-" */
    char version[32];        /* MESH_VERSION the plugin was compiled with */
} mesh_stamp_t;

/*
 * The door. Filled once, when the entry is first called.
 * OWNERSHIP: the plugin's. The host never writes to it and never frees it or anything it points to.
 * LIFETIME: to the end of the process; plugins are never unloaded (closing a Swift library is unsound).
 * THREAD: constant after the entry returned, readable from any thread.
 */
typedef struct mesh_plugin_t {
    uint32_t struct_size; /* the stamp's door_size; a smaller value means an older struct: the host refuses it */
    uint32_t abi_major;   /* must equal the stamp's */
    uint32_t abi_minor;   /* must equal the stamp's */
    uint32_t reserved;    /* 0 */
    mesh_stamp_t stamp;   /* byte for byte the section's */
    const char *_Nonnull kind;    /* zero-terminated; must equal the stamp's */
    const char *_Nonnull name;    /* zero-terminated; must equal the stamp's */
    const char *_Nonnull version; /* zero-terminated; must equal the stamp's */

    /*
     * Gives the factory: an object of the SDK's Swift class `PluginFactory` (kind "service") or `DriverFactory`.
     * OWNERSHIP: one reference goes to the caller, who releases it (`Unmanaged.takeRetainedValue`).
     * THREAD: any; may be called more than once and at the same time. Does no I/O, does not block.
     * ERRORS: null if there is none to give. Never throws, never unwinds.
     * `self` is the pointer that the entry returned.
     */
    void *_Nullable (*_Nonnull make)(const struct mesh_plugin_t *_Nonnull self);

    const void *_Nullable context; /* private to `make` */
} mesh_plugin_t;

/*
 * The entry. THREAD: called once, on the thread that loads. Does no I/O and starts nothing. Null means "refuse me".
 */
typedef const mesh_plugin_t *_Nullable (*mesh_plugin_entry_t)(void);

#endif

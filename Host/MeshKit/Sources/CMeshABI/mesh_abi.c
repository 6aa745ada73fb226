#include "mesh_abi.h"

/* The generated stamp is a row of 64-bit words, and hosts and plugins of different builds meet here: keep the layout. */
_Static_assert(sizeof(mesh_stamp_t) == 184, "mesh_stamp_t is 23 words");
_Static_assert(offsetof(mesh_stamp_t, sdk_hash) == 24 && offsetof(mesh_stamp_t, version) == 152, "no padding");

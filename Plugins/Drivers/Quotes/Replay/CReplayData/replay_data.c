#include "replay_data.h"

#pragma clang diagnostic ignored "-Wc23-extensions"  // #embed; the package has no C23 setting for one target

static const unsigned char bars[] = {
#embed "../data/bars.bin"
};

const void *replay_data(void) { return bars; }

size_t replay_data_size(void) { return sizeof bars; }

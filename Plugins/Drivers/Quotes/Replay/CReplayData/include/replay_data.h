#ifndef REPLAY_DATA_H
#define REPLAY_DATA_H

#include <stddef.h>

/// The daily bars that the replay driver carries: the bytes of data/bars.bin, made by data/make.py.
///
/// They are constants of the library: read-only pages of its file, shared by all processes and in memory only where they
/// were read. Valid for ever, any thread.
///
/// Format. A *varint* is an unsigned LEB128 number: seven bits a byte, low ones first, the high bit says that more follow.
/// A *zigzag* is a signed number as a varint: 0, -1, 1, -2, … become 0, 1, 2, 3, …. A *text* is a varint length and UTF-8.
///
///     8 bytes   "LONJAB01"
///     4 bytes   length of the directory, little-endian
///     directory:
///       varint  number of trading days; then for each a varint: days since the one before (the first: since 1970-01-01)
///       varint  number of companies; then for each, sorted by symbol:
///         text    symbol, name, exchange, sector, summary
///         byte    0 real, 1 invented
///         varint  position of its first day in the list of days; number of bars (one each day from there on)
///         varint  number of actions, oldest first; then for each:
///           varint  position of its ex day
///           byte    0 split:    varint old shares, varint new shares
///                   1 dividend: varint 1/10000 dollar for each share
///         varint  where its bars begin after the directory; their length in bytes
///     bars, for each:
///       varint  zigzag of (open - close before) times two, plus 1 if this bar's unit is 1/10000 dollar; else it is a cent
///               (the close before is rounded down to the unit; before the first bar it is 0)
///       zigzag  close - open
///       varint  high - max(open, close)
///       varint  min(open, close) - low
///       varint  volume/100 times two, or, if that has a remainder, volume times two plus 1
const void *_Nonnull replay_data(void);

/// How many bytes there are.
size_t replay_data_size(void);

#endif

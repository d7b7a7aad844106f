// simdjson's DOM parser for Swift. What it makes of a document, the tape, is read by Swift itself: its format is written
// down in simdjson's doc/tape.md, and a call into C++ for each of a million values would cost more than parsing them.
#ifndef DAYBOOK_CSIMDJSON_H
#define DAYBOOK_CSIMDJSON_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// A parser with its buffers. One thread at a time.
typedef struct daybook_json_parser daybook_json_parser;

/// How parsing ended, as far as the caller has to tell.
enum daybook_json_status {
  DAYBOOK_JSON_OK = 0,
  DAYBOOK_JSON_MALFORMED = 1,
  DAYBOOK_JSON_NOT_UTF8 = 2,
  DAYBOOK_JSON_TOO_DEEP = 3,
  /// A number that is malformed, an integer beyond 64 bits, or a decimal beyond Float64.
  DAYBOOK_JSON_NUMBER = 4,
  DAYBOOK_JSON_EMPTY = 5,
  /// No memory, or more than 4 GiB.
  DAYBOOK_JSON_TOO_LARGE = 6,
};

/// What was parsed: valid until the parser parses again or is freed.
struct daybook_json_tape {
  const uint64_t *_Nullable words;
  const uint8_t *_Nullable strings;
  /// A static text that says what was wrong; NULL if nothing was.
  const char *_Nullable reason;
};

/// NULL: no memory.
daybook_json_parser *_Nullable daybook_json_make(size_t depth_limit);
void daybook_json_free(daybook_json_parser *_Nonnull parser);

/// Parses one document. `bytes` are copied first, as simdjson reads beyond their end.
enum daybook_json_status daybook_json_parse(
    daybook_json_parser *_Nonnull parser, const void *_Nullable bytes, size_t count,
    struct daybook_json_tape *_Nonnull tape);

#ifdef __cplusplus
}
#endif

#endif

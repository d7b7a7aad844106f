#include "CSimdjson.h"

#include <simdjson.h>

#include <cstring>
#include <memory>
#include <new>

// No C++ exception may pass this border: whatever is thrown becomes a status.

struct daybook_json_parser {
  size_t depth_limit;
  std::unique_ptr<simdjson::dom::parser> parser{};
  std::unique_ptr<char[]> padded{};
  size_t padded_capacity = 0;
};

namespace {

// Buffers for a document larger than this are not kept for much smaller ones: they take up to 14 times its size.
constexpr size_t kept_limit = 4u << 20;

bool make_room(daybook_json_parser &self, size_t count) {
  bool too_big = self.padded_capacity > kept_limit && count < self.padded_capacity / 8;
  if (too_big || self.parser == nullptr || count > self.padded_capacity) {
    size_t capacity = count < 4096 ? 4096 : count;
    self.padded_capacity = 0;
    self.padded.reset();
    self.parser.reset();
    self.padded.reset(new char[capacity + simdjson::SIMDJSON_PADDING]);
    self.parser.reset(new simdjson::dom::parser());
    if (self.parser->allocate(capacity, self.depth_limit) != simdjson::SUCCESS) {
      self.parser.reset();
      return false;
    }
    self.padded_capacity = capacity;
  }
  return true;
}

daybook_json_status status_of(simdjson::error_code code) {
  switch (code) {
    case simdjson::SUCCESS: return DAYBOOK_JSON_OK;
    case simdjson::UTF8_ERROR: return DAYBOOK_JSON_NOT_UTF8;
    case simdjson::DEPTH_ERROR: return DAYBOOK_JSON_TOO_DEEP;
    case simdjson::NUMBER_ERROR:
    case simdjson::NUMBER_OUT_OF_RANGE: return DAYBOOK_JSON_NUMBER;
    case simdjson::EMPTY: return DAYBOOK_JSON_EMPTY;
    case simdjson::CAPACITY:
    case simdjson::MEMALLOC: return DAYBOOK_JSON_TOO_LARGE;
    default: return DAYBOOK_JSON_MALFORMED;
  }
}

}  // namespace

daybook_json_parser *daybook_json_make(size_t depth_limit) {
  return new (std::nothrow) daybook_json_parser{depth_limit};
}

void daybook_json_free(daybook_json_parser *parser) { delete parser; }

daybook_json_status daybook_json_parse(
    daybook_json_parser *parser, const void *bytes, size_t count, daybook_json_tape *tape) {
  *tape = daybook_json_tape{nullptr, nullptr, nullptr};
  try {
    if (!make_room(*parser, count)) return DAYBOOK_JSON_TOO_LARGE;
    if (count > 0) std::memcpy(parser->padded.get(), bytes, count);
    std::memset(parser->padded.get() + count, ' ', simdjson::SIMDJSON_PADDING);
    simdjson::dom::element root;
    auto code = parser->parser->parse(parser->padded.get(), count, false).get(root);
    if (code != simdjson::SUCCESS) {
      tape->reason = simdjson::error_message(code);
      return status_of(code);
    }
    tape->words = parser->parser->doc.tape.get();
    tape->strings = parser->parser->doc.string_buf.get();
    return DAYBOOK_JSON_OK;
  } catch (const std::bad_alloc &) {
    parser->parser.reset();
    return DAYBOOK_JSON_TOO_LARGE;
  } catch (...) {
    parser->parser.reset();
    tape->reason = "the JSON parser failed";
    return DAYBOOK_JSON_MALFORMED;
  }
}

// Text for JSON, byte by byte: what a results line needs, without building a document.
// Source: RFC 8259, section 7; The Unicode Standard 15.0, table 3-7 (well-formed UTF-8).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace weft::apps {

/// The length of the well-formed UTF-8 sequence at the start of `text`, 0 if there is none.
std::size_t utf8_sequence(std::string_view text) noexcept;
bool is_utf8(std::string_view text) noexcept;

/// Appends `text` as a JSON string with its quotes; a byte that is no UTF-8 becomes U+FFFD.
void append_json_string(std::string& out, std::string_view text);

}  // namespace weft::apps

// Results as lines of text, JSONL or CSV, or as the elements of one JSON array.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

namespace weft::factorial {

enum class format { text, jsonl, csv, json };

/// Writes through `out`, piece by piece: the digits of a factorial are never copied.
/// **Thread safety**: one thread at a time. **Errors**: those of `out`.
class writer {
 public:
  using sink = std::function<void(std::string_view)>;

  writer(format how, sink out);

  /// What stands before the first result (CSV: the names of the columns).
  void begin();
  /// `digits` is n! in decimal.
  void write(std::uint64_t n, std::string_view digits);

 private:
  void write_object(std::uint64_t n, std::string_view digits);

  format how_;
  sink out_;
  bool first_ = true;
};

}  // namespace weft::factorial

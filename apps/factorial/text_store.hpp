// Texts that will be needed again, kept until their last use: in memory up to a budget, beyond it in a temporary
// file without a name, so that every number is computed once in bounded memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

namespace weft::factorial {

/// **Thread safety**: one thread at a time.
class text_store {
 public:
  /// At most `budget` bytes of text stay in memory.
  explicit text_store(std::size_t budget) : budget_(budget) {}

  bool holds(std::uint64_t n) const { return entries_.contains(n); }
  /// Keeps a copy of `text` for `uses` calls of take(). **Errors**: std::system_error when the file cannot grow.
  void keep(std::uint64_t n, std::string_view text, std::uint64_t uses);
  /// The text kept for n, and one use less. **Errors**: std::system_error when the file cannot be read.
  std::string take(std::uint64_t n);
  /// Bytes that went to the file so far.
  std::uint64_t spilled() const { return end_of_file_; }

 private:
  struct entry {
    std::uint64_t uses = 0;
    std::string text;          // empty when in the file
    std::uint64_t offset = 0;  // in the file
    std::uint64_t length = 0;
  };
  struct closer {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };

  void spill(entry& one, std::string_view text);
  std::string read_back(const entry& one) const;

  std::size_t budget_;
  std::size_t in_memory_ = 0;
  std::unordered_map<std::uint64_t, entry> entries_;
  std::unique_ptr<std::FILE, closer> file_;
  std::uint64_t end_of_file_ = 0;
};

}  // namespace weft::factorial

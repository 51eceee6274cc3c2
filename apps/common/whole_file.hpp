// An output file that is whole or not there: written beside its final name and renamed at commit(), so that
// nobody ever sees a partial file that looks like a result.
#pragma once

#include <cstdio>
#include <string>
#include <string_view>

namespace weft::apps {

/// **Thread safety**: one thread at a time.
class whole_file {
 public:
  /// Opens `path` for writing; "-" is standard output (then commit() only flushes). A path that exists and is
  /// no regular file (a pipe, /dev/null) is written directly.
  /// **Errors**: std::system_error naming the path.
  explicit whole_file(std::string path);
  whole_file(const whole_file&) = delete;
  whole_file& operator=(const whole_file&) = delete;
  /// Without a commit() the file that was being written is removed; what stood under the name stays.
  ~whole_file();

  /// **Errors**: std::system_error naming the path (disk full, closed pipe).
  void write(std::string_view text);
  void flush();
  /// Makes the file whole under its name. **Errors**: std::system_error naming the path.
  void commit();

 private:
  [[noreturn]] void fail(const char* what) const;

  std::string path_;
  std::string temporary_;  // empty when written directly
  std::FILE* file_ = nullptr;
};

}  // namespace weft::apps

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
  /// no regular file (a pipe, /dev/null) is written directly, and so is this process' own standard output under
  /// any name (/dev/stdout). A symbolic link stays one: the file that it names is replaced.
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
  /// The name of what is being written; empty when written directly, and after commit().
  const std::string& temporary() const noexcept { return temporary_; }

 private:
  void open_directly();
  void open_beside();
  [[noreturn]] void fail(const char* what) const;

  std::string path_;
  std::string target_;     // path_ with symbolic links followed
  std::string temporary_;  // empty when written directly
  std::FILE* file_ = nullptr;
};

}  // namespace weft::apps

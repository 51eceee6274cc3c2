#include "factorial/spec_reader.hpp"

#include <weft/base/error.hpp>

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <string_view>
#include <system_error>

namespace weft::factorial {
namespace {

constexpr std::size_t longest_line = 1000;

struct closer {
  void operator()(std::FILE* file) const {
    if (file != stdin) std::fclose(file);
  }
};
using file_handle = std::unique_ptr<std::FILE, closer>;

[[noreturn]] void fail_to_read(const std::string& name) {
  const std::string reason = std::generic_category().message(errno);
  throw invalid_argument(
      fmt::format("cannot read {}: {}; name a readable file with one N, A..B or A..B..STEP a line", name, reason));
}

file_handle open(const std::string& path, const std::string& name) {
  if (path == "-") return file_handle(stdin);
  file_handle file(std::fopen(path.c_str(), "re"));
  if (!file) fail_to_read(name);
  return file;
}

std::string_view trimmed(std::string_view line) {
  constexpr std::string_view blank = " \t\r\v\f";
  line = line.substr(0, line.find('#'));
  const std::size_t first = line.find_first_not_of(blank);
  if (first == std::string_view::npos) return {};
  return line.substr(first, line.find_last_not_of(blank) - first + 1);
}

/// Collects lines out of blocks of bytes.
class line_reader {
 public:
  line_reader(std::string name, std::vector<spec>& specs) : name_(std::move(name)), specs_(specs) {}

  void take(std::string_view bytes) {
    while (!bytes.empty()) {
      const std::size_t end = bytes.find('\n');
      line_ += bytes.substr(0, end);
      if (line_.size() > longest_line)
        fail(quoted(line_) + " is too long for a line; write one N, A..B or A..B..STEP a line");
      if (end == std::string_view::npos) return;
      finish_line();
      bytes.remove_prefix(end + 1);
    }
  }

  void finish() {
    if (!line_.empty()) finish_line();
  }

 private:
  void finish_line() {
    if (const std::string_view text = trimmed(line_); !text.empty()) {
      if (specs_.size() == max_specs) {
        fail(fmt::format("more than {} numbers and ranges; write ranges, or split the batch", max_specs));
      }
      try {
        specs_.push_back(parse_spec(text));
      } catch (const invalid_argument& problem) {
        fail(problem.what());
      }
    }
    line_.clear();
    ++number_;
  }

  [[noreturn]] void fail(const std::string& problem) const {
    throw invalid_argument(fmt::format("{}, line {}: {}", name_, number_, problem));
  }

  std::string name_;
  std::vector<spec>& specs_;
  std::string line_;
  std::size_t number_ = 1;
};

}  // namespace

void read_specs(const std::string& path, std::vector<spec>& specs) {
  const std::string name = path == "-" ? "standard input" : "'" + path + "'";
  const file_handle file = open(path, name);
  line_reader lines(name, specs);
  std::array<char, 64 * 1024> buffer;
  while (true) {
    const std::size_t got = std::fread(buffer.data(), 1, buffer.size(), file.get());
    if (got == 0) break;
    lines.take({buffer.data(), got});
  }
  if (std::ferror(file.get()) != 0) fail_to_read(name);
  lines.finish();
}

}  // namespace weft::factorial

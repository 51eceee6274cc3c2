#include "common/whole_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

namespace weft::apps {

namespace {

/// Follows symbolic links to the name that is to be replaced, which need not exist. Names that lead into /proc
/// (/dev/fd/3) stand for open files: empty.
std::string followed(std::string path) {
  constexpr int most_links = 40;
  for (int links = 0; links < most_links; ++links) {
    if (path.starts_with("/proc/")) return {};
    std::error_code problem;
    const auto next = std::filesystem::read_symlink(path, problem);
    if (problem) return path;
    path = (std::filesystem::path(path).parent_path() / next).string();
  }
  throw std::system_error(ELOOP, std::generic_category(), "cannot write '" + path + "'");
}

bool is_standard_output(const struct ::stat& file) {
  struct ::stat out{};
  return ::fstat(STDOUT_FILENO, &out) == 0 && out.st_dev == file.st_dev && out.st_ino == file.st_ino;
}

}  // namespace

whole_file::whole_file(std::string path) : path_(std::move(path)), target_(followed(path_)) {
  struct ::stat status{};
  const bool exists = path_ != "-" && ::stat(path_.c_str(), &status) == 0;
  if (path_ == "-" || (exists && S_ISREG(status.st_mode) && is_standard_output(status))) {
    file_ = stdout;
  } else if (target_.empty() || (exists && !S_ISREG(status.st_mode))) {
    open_directly();
  } else {
    open_beside();
  }
}

void whole_file::open_directly() {
  file_ = std::fopen(path_.c_str(), "we");
  if (file_ == nullptr) fail("cannot write");
}

void whole_file::open_beside() {
  temporary_ = target_ + ".partial-XXXXXX";
  const int fd = ::mkostemp(temporary_.data(), O_CLOEXEC);
  if (fd < 0) {
    temporary_.clear();
    fail("cannot write");
  }
  const ::mode_t mask = ::umask(0);
  ::umask(mask);
  ::fchmod(fd, 0666 & ~mask);
  file_ = ::fdopen(fd, "w");
  if (file_ == nullptr) {
    ::close(fd);
    fail("cannot write");
  }
}

whole_file::~whole_file() {
  if (file_ != nullptr && file_ != stdout) std::fclose(file_);
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

void whole_file::write(std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), file_) != text.size()) fail("cannot write");
}

void whole_file::flush() {
  if (std::fflush(file_) != 0) fail("cannot write");
}

void whole_file::commit() {
  flush();
  if (temporary_.empty()) return;
  if (::fsync(::fileno(file_)) != 0) fail("cannot store");
  if (std::fclose(std::exchange(file_, nullptr)) != 0) fail("cannot store");
  if (::rename(temporary_.c_str(), target_.c_str()) != 0) fail("cannot rename to");
  temporary_.clear();
}

void whole_file::fail(const char* what) const {
  throw std::system_error(errno, std::generic_category(),
                          std::string(what) + " '" + (path_ == "-" ? "standard output" : path_) + "'");
}

}  // namespace weft::apps

#include "common/whole_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cerrno>
#include <system_error>
#include <utility>

namespace weft::apps {

whole_file::whole_file(std::string path) : path_(std::move(path)) {
  if (path_ == "-") {
    file_ = stdout;
    return;
  }
  struct ::stat status{};
  const bool direct = ::stat(path_.c_str(), &status) == 0 && !S_ISREG(status.st_mode);
  if (direct) {
    file_ = std::fopen(path_.c_str(), "we");
    if (file_ == nullptr) fail("cannot write");
    return;
  }
  temporary_ = path_ + ".partial-XXXXXX";
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
  if (::rename(temporary_.c_str(), path_.c_str()) != 0) fail("cannot rename to");
  temporary_.clear();
}

void whole_file::fail(const char* what) const {
  throw std::system_error(errno, std::generic_category(),
                          std::string(what) + " '" + (path_ == "-" ? "standard output" : path_) + "'");
}

}  // namespace weft::apps

#include "support/gate.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cerrno>
#include <cstdlib>
#include <system_error>

namespace weft::test {
namespace {

int check(int result, const char* what) {
  if (result < 0) throw std::system_error(errno, std::generic_category(), what);
  return result;
}

int open_retrying(const std::string& path, int flags) {
  int fd = -1;
  do {
    fd = ::open(path.c_str(), flags | O_CLOEXEC);
  } while (fd < 0 && errno == EINTR);
  return check(fd, "open a gate");
}

}  // namespace

gate::gate() {
  std::string directory = "/tmp/weft-gate-XXXXXX";
  if (::mkdtemp(directory.data()) == nullptr) check(-1, "mkdtemp");
  path_ = directory;
  check(::mkfifo((path_ + "/arrivals").c_str(), 0600), "mkfifo");
  check(::mkfifo((path_ + "/gate").c_str(), 0600), "mkfifo");
  // Read-write, so that neither end ever sees the other missing.
  arrivals_ = open_retrying(path_ + "/arrivals", O_RDWR | O_NONBLOCK);
}

gate::~gate() {
  open();
  ::close(arrivals_);
  ::close(opener_);
  ::unlink((path_ + "/arrivals").c_str());
  ::unlink((path_ + "/gate").c_str());
  ::rmdir(path_.c_str());
}

bool gate::wait_for_arrivals(std::size_t count) {
  while (count > 0) {
    ::pollfd readable{.fd = arrivals_, .events = POLLIN, .revents = 0};
    if (::poll(&readable, 1, 10'000) <= 0) return false;
    char one = 0;
    if (::read(arrivals_, &one, 1) == 1) --count;
  }
  return true;
}

std::size_t gate::arrivals() {
  int bytes = 0;
  check(::ioctl(arrivals_, FIONREAD, &bytes), "ioctl");
  return static_cast<std::size_t>(bytes);
}

void gate::open() {
  // A reader's open() returns once a writer exists; keeping ours lets later readers through at once.
  if (opener_ < 0) opener_ = open_retrying(path_ + "/gate", O_RDWR);
}

int pass(std::string path, int value) try {
  const int arrivals = open_retrying(path + "/arrivals", O_WRONLY);
  check(static_cast<int>(::write(arrivals, "a", 1)), "write to a gate");
  ::close(arrivals);
  ::close(open_retrying(path + "/gate", O_RDONLY));
  return value;
} catch (const std::system_error& e) {
  if (e.code() == std::errc::no_such_file_or_directory) return value;  // opened and gone meanwhile
  throw;
}

}  // namespace weft::test

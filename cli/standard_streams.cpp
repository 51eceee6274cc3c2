#include "standard_streams.hpp"

#include <fcntl.h>
#include <unistd.h>
#include <cerrno>
#include <initializer_list>

namespace weft::cli {

void secure_standard_streams() noexcept {
  // In this order: a file that is opened gets the lowest free number.
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(fd, F_GETFD) != -1 || errno != EBADF) continue;
    // The wrong way round on purpose: use of a closed stream is still EBADF. Messages may get lost, though.
    const int flags = fd == STDIN_FILENO ? O_WRONLY : fd == STDOUT_FILENO ? O_RDONLY : O_RDWR;
    if (::open("/dev/null", flags) != fd) ::_exit(1);
  }
}

}  // namespace weft::cli

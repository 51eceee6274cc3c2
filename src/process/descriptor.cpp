#include "process/descriptor.hpp"

#include <cerrno>
#include <cstring>
#include <sys/socket.h>
#include <sys/uio.h>
#include <system_error>
#include <unistd.h>

namespace weft::detail {

void throw_errno(const char* call) { throw std::system_error(errno, std::system_category(), call); }

void descriptor::reset(int fd) noexcept {
  if (fd_ >= 0) ::close(fd_);
  fd_ = fd;
}

std::pair<descriptor, descriptor> socket_pair(int type) {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, ends.data()) != 0) throw_errno("socketpair");
  return {descriptor(ends[0]), descriptor(ends[1])};
}

long send_message(int socket, std::span<const std::byte> bytes, std::span<const int> descriptors, int flags) noexcept {
  ::iovec part{.iov_base = const_cast<std::byte*>(bytes.data()), .iov_len = bytes.size()};
  ::msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  alignas(::cmsghdr) std::array<std::byte, CMSG_SPACE(sizeof(int) * max_descriptors)> control{};
  if (!descriptors.empty()) {
    message.msg_control = control.data();
    message.msg_controllen = CMSG_SPACE(descriptors.size_bytes());
    ::cmsghdr* header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(descriptors.size_bytes());
    std::memcpy(CMSG_DATA(header), descriptors.data(), descriptors.size_bytes());
  }
  long sent = 0;
  do {
    sent = ::sendmsg(socket, &message, flags | MSG_NOSIGNAL);
  } while (sent < 0 && errno == EINTR);
  return sent;
}

received_message receive_message(int socket, std::span<std::byte> room, int flags) noexcept {
  ::iovec part{.iov_base = room.data(), .iov_len = room.size()};
  ::msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  alignas(::cmsghdr) std::array<std::byte, CMSG_SPACE(sizeof(int) * max_descriptors)> control{};
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  received_message result;
  do {
    result.bytes = ::recvmsg(socket, &message, flags | MSG_CMSG_CLOEXEC);
  } while (result.bytes < 0 && errno == EINTR);
  if (result.bytes < 0) return result;
  result.truncated = (message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0;
  for (::cmsghdr* header = CMSG_FIRSTHDR(&message); header != nullptr; header = CMSG_NXTHDR(&message, header)) {
    if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) continue;
    const std::size_t count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (std::size_t i = 0; i < count && i < max_descriptors; ++i) {
      int fd = -1;
      std::memcpy(&fd, CMSG_DATA(header) + i * sizeof(int), sizeof fd);
      result.descriptors[i].reset(fd);
    }
  }
  return result;
}

}  // namespace weft::detail

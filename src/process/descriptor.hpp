// An owned file descriptor, and messages that carry descriptors over Unix sockets.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <utility>

namespace weft::detail {

/// Throws std::system_error with errno, naming the call.
[[noreturn]] void throw_errno(const char* call);

class descriptor {
 public:
  descriptor() noexcept = default;
  explicit descriptor(int fd) noexcept : fd_(fd) {}
  descriptor(descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  descriptor& operator=(descriptor&& other) noexcept {
    if (this != &other) reset(std::exchange(other.fd_, -1));
    return *this;
  }
  descriptor(const descriptor&) = delete;
  descriptor& operator=(const descriptor&) = delete;
  ~descriptor() { reset(); }

  int get() const noexcept { return fd_; }
  explicit operator bool() const noexcept { return fd_ >= 0; }
  int release() noexcept { return std::exchange(fd_, -1); }
  void reset(int fd = -1) noexcept;

 private:
  int fd_ = -1;
};

/// Two connected Unix sockets, close-on-exec. `type` is SOCK_STREAM or SOCK_SEQPACKET.
std::pair<descriptor, descriptor> socket_pair(int type);

/// The most descriptors one message carries.
inline constexpr std::size_t max_descriptors = 4;

/// One sendmsg with descriptors attached, without SIGPIPE. Returns the bytes taken, or -1 and errno.
long send_message(int socket, std::span<const std::byte> bytes, std::span<const int> descriptors, int flags = 0) noexcept;

struct received_message {
  /// As of recvmsg: -1 with errno, 0 at the end.
  long bytes = -1;
  /// Descriptors were lost (the limit of this process was reached) or the message was longer than the room.
  bool truncated = false;
  std::array<descriptor, max_descriptors> descriptors;
};

/// One recvmsg; received descriptors are close-on-exec.
received_message receive_message(int socket, std::span<std::byte> room, int flags = 0) noexcept;

template <class T>
std::span<const std::byte> bytes_of(const T& value) noexcept {
  return std::as_bytes(std::span<const T, 1>(&value, 1));
}
template <class T>
std::span<std::byte> writable_bytes_of(T& value) noexcept {
  return std::as_writable_bytes(std::span<T, 1>(&value, 1));
}

}  // namespace weft::detail

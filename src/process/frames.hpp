// Framed messages over a stream socket: what a channel is made of, on both sides.
// The reader believes nothing: it checks magic and length, and its buffer grows only with bytes that really came.
// Thread safety: none; a channel belongs to one thread.
#pragma once

#include "process/descriptor.hpp"
#include "process/wire.hpp"

#include <weft/process/bytes.hpp>

#include <cstddef>
#include <cstdlib>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace weft::detail {

struct frame {
  frame_header header;
  /// Valid until the next call of the reader.
  std::span<const std::byte> payload;
};

enum class io_result : std::uint8_t { done, would_block, closed };

class frame_reader {
 public:
  /// One receive. `descriptors`, if given, collects what came along; else such gifts are dropped by the kernel.
  io_result fill(int socket, int flags, std::vector<descriptor>* descriptors = nullptr);

  /// The next complete message. **Errors**: transfer_error for a frame that breaks the protocol.
  std::optional<frame> next();

  /// A message has begun and is not complete.
  bool partial() const noexcept { return end_ != begin_; }

 private:
  void make_room();

  struct release {
    void operator()(std::byte* at) const noexcept { std::free(at); }
  };
  std::unique_ptr<std::byte[], release> buffer_;
  std::size_t capacity_ = 0;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

/// Messages on their way out of a socket that may not take them all at once.
class frame_writer {
 public:
  /// Queues a message. The payload is referred to and must stay until sent() says so. Descriptors are sent with the header.
  void put(const frame_header& header, std::span<const std::byte> payload, std::vector<int> descriptors = {});

  /// Sends what the socket takes. would_block: more is left.
  io_result flush(int socket, int flags);

  bool sent() const noexcept { return queue_.empty(); }

 private:
  struct message {
    frame_header header;
    std::span<const std::byte> payload;
    std::vector<int> descriptors;
  };
  std::deque<message> queue_;
  /// Bytes of the first message that are out already.
  std::size_t offset_ = 0;
};

}  // namespace weft::detail

#include "process/frames.hpp"

#include <weft/base/error.hpp>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <new>
#include <string>
#include <sys/socket.h>
#include <sys/uio.h>

namespace weft::detail {
namespace {

constexpr std::size_t small_room = 16 * 1024;
constexpr std::size_t keep_room = 1024 * 1024;

}  // namespace

void frame_reader::make_room() {
  if (begin_ == end_) begin_ = end_ = 0;
  if (begin_ == 0 && end_ == 0 && capacity_ > keep_room) {
    buffer_.reset();
    capacity_ = 0;
  }
  if (begin_ != 0 && end_ == capacity_) {
    std::memmove(buffer_.get(), buffer_.get() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  if (end_ < capacity_) return;
  // Doubles what has really come, whatever a header promises.
  const std::size_t room = std::max(small_room, capacity_ * 2);
  void* grown = std::realloc(buffer_.get(), room);
  if (grown == nullptr) throw std::bad_alloc();
  static_cast<void>(buffer_.release());
  buffer_.reset(static_cast<std::byte*>(grown));
  capacity_ = room;
}

io_result frame_reader::fill(int socket, int flags, std::vector<descriptor>* descriptors) {
  make_room();
  const std::span<std::byte> room(buffer_.get() + end_, capacity_ - end_);
  long got = 0;
  if (descriptors != nullptr) {
    received_message message = receive_message(socket, room, flags);
    got = message.bytes;
    for (auto& fd : message.descriptors) {
      if (fd) descriptors->push_back(std::move(fd));
    }
  } else {
    do {
      got = ::recv(socket, room.data(), room.size(), flags);
    } while (got < 0 && errno == EINTR);
  }
  if (got > 0) {
    end_ += static_cast<std::size_t>(got);
    return io_result::done;
  }
  return got < 0 && errno == EAGAIN ? io_result::would_block : io_result::closed;
}

std::optional<frame> frame_reader::next() {
  const std::size_t have = end_ - begin_;
  if (have < sizeof(frame_header)) return std::nullopt;
  frame result;
  std::memcpy(&result.header, buffer_.get() + begin_, sizeof(frame_header));
  if (result.header.magic != frame_header::right_magic) throw transfer_error("a message does not begin as messages do");
  if (result.header.length > max_payload) {
    throw transfer_error("a message announces " + std::to_string(result.header.length) + " bytes");
  }
  const auto length = static_cast<std::size_t>(result.header.length);
  if (have - sizeof(frame_header) < length) return std::nullopt;
  result.payload = {buffer_.get() + begin_ + sizeof(frame_header), length};
  begin_ += sizeof(frame_header) + length;
  return result;
}

void frame_writer::put(const frame_header& header, std::span<const std::byte> payload, std::vector<int> descriptors) {
  queue_.push_back({header, payload, std::move(descriptors)});
  queue_.back().header.length = payload.size();
}

io_result frame_writer::flush(int socket, int flags) {
  while (!queue_.empty()) {
    message& first = queue_.front();
    const std::size_t size = sizeof(frame_header) + first.payload.size();
    long sent = 0;
    if (!first.descriptors.empty()) {
      // Descriptors travel with the header's first byte, once.
      sent = send_message(socket, bytes_of(first.header), first.descriptors, flags);
      if (sent > 0) first.descriptors.clear();
    } else {
      std::array<::iovec, 2> parts{};
      std::size_t count = 0;
      if (offset_ < sizeof(frame_header)) {
        parts[count++] = {.iov_base = reinterpret_cast<std::byte*>(&first.header) + offset_,
                          .iov_len = sizeof(frame_header) - offset_};
      }
      const std::size_t skip = offset_ > sizeof(frame_header) ? offset_ - sizeof(frame_header) : 0;
      parts[count++] = {.iov_base = const_cast<std::byte*>(first.payload.data()) + skip, .iov_len = first.payload.size() - skip};
      ::msghdr out{};
      out.msg_iov = parts.data();
      out.msg_iovlen = count;
      do {
        sent = ::sendmsg(socket, &out, flags | MSG_NOSIGNAL);
      } while (sent < 0 && errno == EINTR);
    }
    if (sent < 0) return errno == EAGAIN ? io_result::would_block : io_result::closed;
    offset_ += static_cast<std::size_t>(sent);
    if (offset_ < size) continue;
    queue_.pop_front();
    offset_ = 0;
  }
  return io_result::done;
}

}  // namespace weft::detail

#include <weft/base/error.hpp>
#include <weft/process/bytes.hpp>

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

namespace weft {

encoder::encoder(encoder&& other) noexcept
    : data_(std::move(other.data_)), size_(std::exchange(other.size_, 0)), capacity_(std::exchange(other.capacity_, 0)) {}

encoder& encoder::operator=(encoder&& other) noexcept {
  data_ = std::move(other.data_);
  size_ = std::exchange(other.size_, 0);
  capacity_ = std::exchange(other.capacity_, 0);
  return *this;
}

void encoder::grow(std::size_t size) {
  if (size > std::numeric_limits<std::size_t>::max() / 4 - size_) throw std::bad_alloc();
  const std::size_t room = std::max({size_ + size, capacity_ + capacity_ / 2, std::size_t{128}});
  void* grown = std::realloc(data_.get(), room);
  if (grown == nullptr) throw std::bad_alloc();
  static_cast<void>(data_.release());
  data_.reset(static_cast<std::byte*>(grown));
  capacity_ = room;
}

void decoder::throw_too_short(std::size_t wanted) const {
  throw transfer_error("malformed data: " + std::to_string(wanted) + " bytes expected, " + std::to_string(left_.size()) +
                       " left");
}

void decoder::throw_too_long() const {
  throw transfer_error("malformed data: " + std::to_string(left_.size()) + " bytes left over");
}

void decoder::throw_count(std::uint64_t count) const {
  throw transfer_error("malformed data: " + std::to_string(count) + " elements announced, " +
                       std::to_string(left_.size()) + " bytes left");
}

void decoder::check_bool(std::byte value) {
  if (std::to_integer<unsigned>(value) > 1) throw transfer_error("malformed data: a bool is neither 0 nor 1");
}

}  // namespace weft

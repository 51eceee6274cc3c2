// The buffers under the codec: an encoder that grows, a decoder that never reads past its end.
#pragma once

#include <weft/base/export.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>
#include <span>
#include <type_traits>

namespace weft {

/// Bytes on their way out. **Thread safety**: none. **Errors**: std::bad_alloc.
class WEFT_EXPORT encoder {
 public:
  encoder() noexcept = default;
  encoder(encoder&& other) noexcept;
  encoder& operator=(encoder&& other) noexcept;
  ~encoder() = default;

  void write(const void* from, std::size_t size) {
    if (size > capacity_ - size_) grow(size);
    if (size != 0) std::memcpy(data_.get() + size_, from, size);
    size_ += size;
  }
  template <class T>
    requires std::is_trivially_copyable_v<T>
  void write_value(const T& value) {
    write(&value, sizeof value);
  }
  /// Room for `size` more bytes without another allocation.
  void reserve(std::size_t size) {
    if (size > capacity_ - size_) grow(size);
  }
  /// Makes the buffer longer by `size` bytes that the caller writes; returns where.
  std::byte* extend(std::size_t size) {
    reserve(size);
    std::byte* at = data_.get() + size_;
    size_ += size;
    return at;
  }
  /// Forgets everything after the first `size` bytes.
  void truncate(std::size_t size) noexcept { size_ = size < size_ ? size : size_; }

  std::size_t size() const noexcept { return size_; }
  std::span<const std::byte> bytes() const noexcept { return {data_.get(), size_}; }

 private:
  struct release {
    void operator()(std::byte* at) const noexcept { std::free(at); }
  };
  void grow(std::size_t size);

  std::unique_ptr<std::byte[], release> data_;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

/// Bytes on their way in; a view of memory that outlives it. **Thread safety**: none.
/// **Errors**: transfer_error when more is asked for than is there.
class WEFT_EXPORT decoder {
 public:
  explicit decoder(std::span<const std::byte> bytes) noexcept : left_(bytes) {}

  void read(void* to, std::size_t size) {
    if (size > left_.size()) throw_too_short(size);
    if (size != 0) std::memcpy(to, left_.data(), size);
    left_ = left_.subspan(size);
  }
  template <class T>
    requires std::is_trivially_copyable_v<T>
  T read_value() {
    alignas(T) std::byte room[sizeof(T)];
    read(room, sizeof(T));
    // The bytes may come from a process that is not trusted: a bool of value 2 must not arise.
    if constexpr (std::is_same_v<T, bool>) {
      check_bool(room[0]);
    }
    return *std::launder(reinterpret_cast<T*>(room));
  }
  /// The next `size` bytes, not copied.
  std::span<const std::byte> take(std::size_t size) {
    if (size > left_.size()) throw_too_short(size);
    const auto taken = left_.first(size);
    left_ = left_.subspan(size);
    return taken;
  }
  /// A count of elements, each of at least one byte.
  std::uint64_t read_count() {
    const auto count = read_value<std::uint64_t>();
    if (count > left_.size()) throw_count(count);
    return count;
  }
  std::size_t left() const noexcept { return left_.size(); }
  /// Refuses bytes that nobody asked for.
  void expect_end() const {
    if (!left_.empty()) throw_too_long();
  }

 private:
  [[noreturn]] void throw_too_short(std::size_t wanted) const;
  [[noreturn]] void throw_too_long() const;
  [[noreturn]] void throw_count(std::uint64_t count) const;
  static void check_bool(std::byte value);

  std::span<const std::byte> left_;
};

}  // namespace weft

// A callable of any type, owned alone.
// Unlike std::function it takes move-only callables and is itself move-only; unlike C++23's
// std::move_only_function it exists in C++20, and an empty one throws instead of being undefined.
#pragma once

#include <weft/base/error.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>

namespace weft {

template <class Signature>
class unique_function;

/// **Thread safety**: as the callable's; the object itself is a plain value.
/// **Cost**: callables of up to three pointers are stored in place, others on the heap.
template <class R, class... Args>
class unique_function<R(Args...)> {
 public:
  unique_function() noexcept = default;
  unique_function(std::nullptr_t) noexcept {}  // NOLINT(google-explicit-constructor)

  template <class F>
    requires(!std::is_same_v<std::remove_cvref_t<F>, unique_function> &&
             std::is_invocable_r_v<R, std::decay_t<F>&, Args...>)
  unique_function(F&& f) {  // NOLINT(google-explicit-constructor)
    using target = std::decay_t<F>;
    if constexpr (std::is_pointer_v<target> || std::is_member_pointer_v<target>) {
      if (f == nullptr) return;
    }
    if constexpr (stored_in_place<target>) {
      ::new (static_cast<void*>(storage_)) target(std::forward<F>(f));
      ops_ = &in_place_ops<target>;
    } else {
      ::new (static_cast<void*>(storage_)) target*(new target(std::forward<F>(f)));
      ops_ = &heap_ops<target>;
    }
  }

  unique_function(unique_function&& other) noexcept : ops_(std::exchange(other.ops_, nullptr)) {
    if (ops_ != nullptr) ops_->relocate(other.storage_, storage_);
  }
  unique_function& operator=(unique_function&& other) noexcept {
    if (this != &other) {
      reset();
      ops_ = std::exchange(other.ops_, nullptr);
      if (ops_ != nullptr) ops_->relocate(other.storage_, storage_);
    }
    return *this;
  }
  unique_function(const unique_function&) = delete;
  unique_function& operator=(const unique_function&) = delete;
  ~unique_function() { reset(); }

  explicit operator bool() const noexcept { return ops_ != nullptr; }

  /// **Errors**: invalid_state when empty; whatever the callable throws.
  R operator()(Args... args) {
    if (ops_ == nullptr) throw invalid_state("an empty unique_function was called");
    return ops_->call(storage_, std::forward<Args>(args)...);
  }

 private:
  struct operations {
    R (*call)(void*, Args&&...);
    void (*relocate)(void* from, void* to) noexcept;
    void (*destroy)(void*) noexcept;
  };

  static constexpr std::size_t room = 3 * sizeof(void*);

  template <class F>
  static R invoke(F& f, Args&&... args) {
    if constexpr (std::is_void_v<R>) {
      std::invoke(f, std::forward<Args>(args)...);
    } else {
      return std::invoke(f, std::forward<Args>(args)...);
    }
  }

  template <class F>
  static constexpr bool stored_in_place =
      sizeof(F) <= room && alignof(F) <= alignof(void*) && std::is_nothrow_move_constructible_v<F>;

  template <class F>
  static constexpr operations in_place_ops{
      .call = [](void* at, Args&&... args) -> R { return invoke(*static_cast<F*>(at), std::forward<Args>(args)...); },
      .relocate =
          [](void* from, void* to) noexcept {
            ::new (to) F(std::move(*static_cast<F*>(from)));
            static_cast<F*>(from)->~F();
          },
      .destroy = [](void* at) noexcept { static_cast<F*>(at)->~F(); }};

  template <class F>
  static constexpr operations heap_ops{
      .call = [](void* at, Args&&... args) -> R { return invoke(**static_cast<F**>(at), std::forward<Args>(args)...); },
      .relocate = [](void* from, void* to) noexcept { ::new (to) F*(*static_cast<F**>(from)); },
      .destroy = [](void* at) noexcept { delete *static_cast<F**>(at); }};

  void reset() noexcept {
    if (ops_ != nullptr) ops_->destroy(storage_);
    ops_ = nullptr;
  }

  const operations* ops_ = nullptr;
  alignas(void*) std::byte storage_[room];
};

}  // namespace weft

// A value together with its lock, so that it cannot be touched without holding it.
// Unlike a std::mutex beside a variable, forgetting to lock does not compile.
#pragma once

#include <weft/sync/mutex.hpp>

#include <functional>
#include <utility>

namespace weft {

/// **Thread safety**: every member from any thread. Immovable.
template <class T>
class guarded {
 public:
  guarded() = default;
  template <class... Args>
    requires std::is_constructible_v<T, Args...>
  explicit guarded(Args&&... args) : value_(std::forward<Args>(args)...) {}
  guarded(const guarded&) = delete;
  guarded& operator=(const guarded&) = delete;
  ~guarded() = default;

  /// The value, held for as long as this object lives.
  template <class Value>
  class [[nodiscard]] held {
   public:
    held(const held&) = delete;
    held& operator=(const held&) = delete;
    ~held() WEFT_NO_THREAD_SAFETY_ANALYSIS { lock_.unlock(); }
    Value& operator*() const noexcept { return value_; }
    Value* operator->() const noexcept { return &value_; }

   private:
    friend guarded;
    held(mutex& lock, Value& value) WEFT_NO_THREAD_SAFETY_ANALYSIS : lock_(lock), value_(value) { lock_.lock(); }
    mutex& lock_;
    Value& value_;
  };

  /// **Blocks** until the lock is taken; `auto value = g.lock(); value->change();`
  held<T> lock() { return {lock_, value_}; }
  held<const T> lock() const { return {lock_, value_}; }

  /// Calls `f(value)` with the lock held and returns what it returns. **Blocks** as lock().
  template <class F>
  decltype(auto) with(F&& f) {
    const auto value = lock();
    return std::invoke(std::forward<F>(f), *value);
  }
  template <class F>
  decltype(auto) with(F&& f) const {
    const auto value = lock();
    return std::invoke(std::forward<F>(f), *value);
  }

 private:
  mutable mutex lock_;
  T value_{};
};

}  // namespace weft

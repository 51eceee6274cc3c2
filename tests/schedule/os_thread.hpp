// detail::os_thread under the scheduler: std::thread's interface; the thread runs only when the scheduler says so.
#pragma once

#include <weft/base/unique_function.hpp>

#include <functional>
#include <thread>
#include <tuple>
#include <type_traits>
#include <utility>

namespace weft::schedule {

struct thread_record;

/// Starts a thread of the current run. **Errors**: std::system_error as std::thread.
thread_record* start(unique_function<void()> body);
/// **Blocks**, in the scheduler's eyes, until the thread has ended, with its thread_local objects destroyed.
void join(thread_record* thread) noexcept;
bool asleep(const thread_record* thread) noexcept;
std::thread& handle_of(thread_record* thread) noexcept;

}  // namespace weft::schedule

namespace weft::detail {

class os_thread {
 public:
  using id = std::thread::id;
  using native_handle_type = std::thread::native_handle_type;

  os_thread() noexcept = default;
  template <class F, class... Args>
    requires(!std::is_same_v<std::remove_cvref_t<F>, os_thread>)
  explicit os_thread(F&& f, Args&&... args)
      : thread_(schedule::start([f = std::decay_t<F>(std::forward<F>(f)),
                                 arguments = std::tuple<std::decay_t<Args>...>(std::forward<Args>(args)...)]() mutable {
          std::apply([&](auto&... each) { std::invoke(std::move(f), std::move(each)...); }, arguments);
        })) {}
  os_thread(os_thread&& other) noexcept : thread_(std::exchange(other.thread_, nullptr)) {}
  os_thread& operator=(os_thread&& other) noexcept {
    if (joinable()) std::terminate();
    thread_ = std::exchange(other.thread_, nullptr);
    return *this;
  }
  os_thread(const os_thread&) = delete;
  os_thread& operator=(const os_thread&) = delete;
  ~os_thread() {
    if (joinable()) std::terminate();
  }

  bool joinable() const noexcept { return thread_ != nullptr; }
  void join() { schedule::join(std::exchange(thread_, nullptr)); }
  /// A run ends when its detached threads have ended, too.
  void detach() noexcept { thread_ = nullptr; }

  /// For tests: whether it sleeps on a futex word just now.
  bool asleep() const noexcept { return schedule::asleep(thread_); }

  id get_id() const noexcept { return joinable() ? schedule::handle_of(thread_).get_id() : id(); }
  native_handle_type native_handle() { return schedule::handle_of(thread_).native_handle(); }
  static unsigned hardware_concurrency() noexcept { return 2; }  // the same on every machine

 private:
  schedule::thread_record* thread_ = nullptr;
};

}  // namespace weft::detail

// An executor on threads without its type: what a task gets of the executor that runs it.
// Unlike the executor itself it is a plain value that owns nothing.
#pragma once

#include <weft/base/error.hpp>
#include <weft/future/executor.hpp>

#include <cstddef>
#include <type_traits>
#include <utility>

namespace weft {

/// Refers to an executor, which must outlive its use (in a task, the one that runs it does).
/// A model of the executor concept. **Thread safety**: as the executor's members; itself a value.
/// **Errors**: every member but the conversions throws invalid_state when empty.
class executor_ref {
 public:
  executor_ref() noexcept = default;
  executor_ref(void* core, const detail::executor_operations& operations) noexcept
      : core_(core), operations_(&operations) {}

  explicit operator bool() const noexcept { return core_ != nullptr; }
  friend bool operator==(const executor_ref&, const executor_ref&) = default;

  /// As the executor's submit().
  template <class F, class... Args>
    requires std::is_invocable_v<std::decay_t<F>, std::decay_t<Args>...>
  auto submit(F&& f, Args&&... args) const {
    operations();
    auto* block =
        detail::make_call<detail::when_failed::keep_for_reader>(std::forward<F>(f), std::forward<Args>(args)...);
    auto result = future<detail::submit_result<F, Args...>>::adopt(block);
    operations_->enqueue(core_, *block);
    return result;
  }
  /// As the executor's post().
  template <class F, class... Args>
    requires std::is_invocable_v<std::decay_t<F>, std::decay_t<Args>...>
  void post(F&& f, Args&&... args) const {
    operations();
    operations_->enqueue(
        core_, *detail::make_call<detail::when_failed::report>(std::forward<F>(f), std::forward<Args>(args)...));
  }
  void shutdown(wait_for how_long = wait_for::tasks, pending what = pending::run) const {
    operations().shutdown(core_, how_long, what);
  }
  std::size_t max_workers() const { return operations().max_workers(core_); }

  // For task_group.
  void* core() const noexcept { return core_; }
  const detail::executor_operations& operations() const {
    if (operations_ == nullptr) throw invalid_state("an empty executor_ref was used");
    return *operations_;
  }

 private:
  void* core_ = nullptr;
  const detail::executor_operations* operations_ = nullptr;
};

}  // namespace weft

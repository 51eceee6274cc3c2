// The way of a suspended coroutine to an executor: what resume_on() and schedule() stand on.
#pragma once

#include <weft/base/detail/atom.hpp>
#include <weft/base/export.hpp>
#include <weft/future/detail/then_executor.hpp>

#include <coroutine>
#include <cstdint>
#include <exception>
#include <memory>
#include <utility>

namespace weft::detail {

/// Resumes as a callback runs: what the coroutine lets out goes to the error hook.
WEFT_EXPORT void resume_here(std::coroutine_handle<> suspended) noexcept;

/// Shared by the awaiter in the coroutine's frame, the thread that posts, and the call that is posted.
/// Protocol: the step goes from posting to posted (by the poster), to lost (by a call that is destroyed unrun before
/// that), or to over (by the call that runs, or is destroyed unrun once it was posted, and by the awaiter's end). Who
/// makes it over from another step than over is the one who resumes.
class WEFT_EXPORT resumption {
 public:
  explicit resumption(std::coroutine_handle<> suspended) noexcept : suspended_(suspended) {}

  /// By the poster after post(); false if the call was lost: resume it yourself.
  bool posted() noexcept;
  /// By the awaiter, when it goes.
  void abandon() noexcept { step_.store(step::over); }
  /// The error for a call that was dropped by its executor; null if it ran.
  const std::exception_ptr& dropped_by() const noexcept { return dropped_by_; }

  /// The posted call.
  class WEFT_EXPORT call {
   public:
    explicit call(std::shared_ptr<resumption> of) noexcept : of_(std::move(of)) {}
    call(call&&) noexcept = default;
    call& operator=(call&&) = delete;
    ~call();
    void operator()() noexcept;

   private:
    std::shared_ptr<resumption> of_;
  };

 private:
  enum class step : std::uint8_t { posting, posted, lost, over };

  const std::coroutine_handle<> suspended_;
  // Written by whoever makes a step, before it.
  std::exception_ptr dropped_by_;
  // See the protocol.
  atom<step> step_{step::posting};
};

/// The part of an awaiter that brings its coroutine to an executor.
template <class E>
class executor_hop {
  static_assert(runs_in_this_process<E>(), "weft: a coroutine cannot be resumed in another process");

 public:
  explicit executor_hop(E& where) : where_(where) {}
  executor_hop(const executor_hop&) = delete;
  executor_hop& operator=(const executor_hop&) = delete;
  ~executor_hop() {
    if (way_ != nullptr) way_->abandon();
  }

  /// False if the executor does not take it; the coroutine is to be resumed by the caller then. After true this may be
  /// gone.
  bool post(std::coroutine_handle<> suspended) noexcept {
    try {
      const auto way = std::make_shared<resumption>(suspended);
      way_ = way;
      (*where_).post(resumption::call(way));
      return way->posted();
    } catch (...) {
      refused_ = std::current_exception();
      return false;
    }
  }

  /// Once resumed. **Errors**: those of the executor's post(); cancelled_error if it took the coroutine and dropped it.
  void check() const {
    if (refused_ != nullptr) std::rethrow_exception(refused_);
    if (way_ != nullptr && way_->dropped_by() != nullptr) std::rethrow_exception(way_->dropped_by());
  }

 private:
  executor_handle<E> where_;
  std::shared_ptr<resumption> way_;
  std::exception_ptr refused_;
};

}  // namespace weft::detail

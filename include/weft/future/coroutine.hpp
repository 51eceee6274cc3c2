// Futures in coroutines: co_await f, and the ways to an executor. Any coroutine type will do.
//
// A coroutine that is suspended here may be destroyed as long as what it waits for has not happened: the awaiter takes
// its link out of the future. To destroy it while another thread may be resuming it is a race of the destroyer's, and
// ends the program by name where it can be seen.
#pragma once

#include <weft/base/assert.hpp>
#include <weft/future/detail/resumption.hpp>
#include <weft/future/future.hpp>

#include <coroutine>
#include <type_traits>
#include <utility>

namespace weft {
namespace detail {

/// The link of a suspended coroutine in the future it waits for; lives in the coroutine's frame.
template <class T, bool Consumes>
class future_link : link {
 public:
  future_link(future<T> awaited, void (*when_done)(link&, task&) noexcept) : awaited_(std::move(awaited)) {
    if (!awaited_.valid()) throw_empty_handle();
    fire = when_done;
  }
  future_link(const future_link&) = delete;
  future_link& operator=(const future_link&) = delete;
  ~future_link() {
    if (linked_) WEFT_ASSERT(awaited_.handle()->remove_link(*this));  // else a thread is resuming the coroutine
  }

  static future_link& of(link& base) noexcept { return static_cast<future_link&>(base); }

  bool done() const { return awaited_.done(); }
  /// False if the future is done. After true this may be gone.
  bool suspend(std::coroutine_handle<> suspended) noexcept {
    suspended_ = suspended;
    linked_ = true;
    if (awaited_.handle()->add_link(*this)) return true;
    linked_ = false;
    return false;
  }
  std::coroutine_handle<> unlinked() noexcept {
    linked_ = false;
    return suspended_;
  }
  decltype(auto) result() {
    if constexpr (Consumes) {
      return std::move(awaited_).result();
    } else {
      return std::as_const(awaited_).result();
    }
  }

 private:
  future<T> awaited_;
  std::coroutine_handle<> suspended_;
  // Written by the thread that suspends and, once the link is out of the list, by the one that resumes.
  bool linked_ = false;
};

template <class T, bool Consumes>
class [[nodiscard]] future_awaiter {
  using link_type = future_link<T, Consumes>;

 public:
  explicit future_awaiter(future<T> awaited) : link_(std::move(awaited), &future_awaiter::resume) {}

  bool await_ready() const { return link_.done(); }
  bool await_suspend(std::coroutine_handle<> suspended) noexcept { return link_.suspend(suspended); }
  decltype(auto) await_resume() { return link_.result(); }

 private:
  static void resume(link& base, task& /*ended*/) noexcept { resume_here(link_type::of(base).unlinked()); }

  link_type link_;
};

template <class E, class T, bool Consumes>
class [[nodiscard]] resume_on_awaiter {
 public:
  resume_on_awaiter(E& where, future<T> awaited) : hop_(where), link_(std::move(awaited), hop_) {}

  static bool await_ready() noexcept { return false; }
  bool await_suspend(std::coroutine_handle<> suspended) noexcept {
    return link_.suspend(suspended) || hop_.post(suspended);
  }
  decltype(auto) await_resume() {
    hop_.check();
    return link_.result();
  }

 private:
  struct hopping_link : future_link<T, Consumes> {
    using base_type = future_link<T, Consumes>;
    hopping_link(future<T> awaited, executor_hop<E>& by)
        : base_type(std::move(awaited), &hopping_link::hop), hop_by(by) {}
    static void hop(link& base, task& /*ended*/) noexcept {
      auto& self = static_cast<hopping_link&>(base_type::of(base));
      const auto suspended = self.unlinked();
      if (!self.hop_by.post(suspended)) resume_here(suspended);
    }
    executor_hop<E>& hop_by;
  };

  executor_hop<E> hop_;
  hopping_link link_;
};

template <class E>
class [[nodiscard]] schedule_awaiter {
 public:
  explicit schedule_awaiter(E& where) : hop_(where) {}

  static bool await_ready() noexcept { return false; }
  bool await_suspend(std::coroutine_handle<> suspended) noexcept { return hop_.post(suspended); }
  void await_resume() const { hop_.check(); }

 private:
  executor_hop<E> hop_;
};

}  // namespace detail

/// `co_await f` is f.result() without a blocked thread: a reference from an lvalue, the value itself from an rvalue.
/// The coroutine is resumed in the thread that ends the task (a worker, or the caller of cancel()), as a callback
/// would be called; it goes on at once if the future is done. **Errors**: those of result(); invalid_state on an empty
/// handle. **Cost**: no allocation. **Python**: await asyncio.wrap_future(f).
template <class T>
detail::future_awaiter<T, false> operator co_await(const future<T>& awaited) {
  return detail::future_awaiter<T, false>(awaited);
}
template <class T>
detail::future_awaiter<T, true> operator co_await(future<T>&& awaited) {
  return detail::future_awaiter<T, true>(std::move(awaited));
}

/// `co_await resume_on(pool, f)`: the same, resumed as a task of an executor on threads, which must live until then.
/// **Errors**: where the executor refuses, the coroutine is resumed in the thread that ends the task and gets the
/// executor's error; cancelled_error if the executor took it and was then shut down with pending::cancel.
template <class E, class T>
detail::resume_on_awaiter<E, T, false> resume_on(E& where, const future<T>& awaited) {
  return detail::resume_on_awaiter<E, T, false>(where, awaited);
}
template <class E, class T>
detail::resume_on_awaiter<E, T, true> resume_on(E& where, future<T>&& awaited) {
  return detail::resume_on_awaiter<E, T, true>(where, std::move(awaited));
}

/// `co_await schedule(pool)`: goes on as a task of the executor. **Errors**: as resume_on(), in the calling thread.
template <class E>
detail::schedule_awaiter<E> schedule(E& where) {
  return detail::schedule_awaiter<E>(where);
}

}  // namespace weft

// Waiting for many futures at once: Python's concurrent.futures.wait.
#pragma once

#include <weft/future/future.hpp>

#include <chrono>
#include <ranges>
#include <vector>

namespace weft {

enum class return_when : std::uint8_t {
  all_completed,    ///< every future is done
  first_completed,  ///< at least one is done
  first_exception,  ///< one has failed (a cancelled one does not count), or every one is done
};

struct wait_options {
  /// How long to wait; the default is without end, zero and less only look.
  std::chrono::nanoseconds timeout = std::chrono::nanoseconds::max();
  enum return_when return_when = return_when::all_completed;
};

template <class T>
struct wait_result {
  std::vector<future<T>> done;
  std::vector<future<T>> not_done;
};

namespace detail {

/// Positions of the first appearances of each pointer, ascending.
WEFT_EXPORT std::vector<std::size_t> first_appearances(task* const* tasks, std::size_t count);

template <class T>
std::vector<task*> tasks_of(const std::vector<future<T>>& futures) {
  std::vector<task*> tasks;
  tasks.reserve(futures.size());
  for (const auto& each : futures) tasks.push_back(each.handle());
  return tasks;
}

template <class T>
void drop_repeats(std::vector<future<T>>& futures) {
  const auto tasks = tasks_of(futures);
  const auto keep = first_appearances(tasks.data(), tasks.size());
  if (keep.size() == futures.size()) return;
  std::vector<future<T>> once;
  once.reserve(keep.size());
  for (const std::size_t at : keep) once.push_back(std::move(futures[at]));
  futures = std::move(once);
}

/// The futures of a range, each once, in order. **Errors**: invalid_state for an empty handle.
template <class T, std::ranges::input_range R>
std::vector<future<T>> collect(R&& futures) {
  std::vector<future<T>> all;
  if constexpr (std::ranges::sized_range<R>) all.reserve(std::ranges::size(futures));
  for (auto&& each : futures) {
    if (!each.valid()) throw_empty_handle();
    all.push_back(each);
  }
  drop_repeats(all);
  return all;
}

}  // namespace detail

/// **Blocks** until the condition holds or the time is over, then tells which futures are done. Never throws for
/// failed or cancelled ones and cancels nothing; a future given twice counts once.
/// In a worker it first runs what has not started of its own executor, as future::wait().
/// **Cost**: linear. **Python**: concurrent.futures.wait; cancelled futures count as done at once.
template <std::ranges::input_range R, class T = typename std::ranges::range_value_t<R>::value_type>
wait_result<T> wait(R&& futures, wait_options options = {}) {
  auto all = detail::collect<T>(std::forward<R>(futures));
  const auto tasks = detail::tasks_of(all);
  detail::wait_many(tasks.data(), tasks.size(), static_cast<detail::wait_until>(options.return_when), options.timeout);
  wait_result<T> result;
  for (auto& each : all) (each.done() ? result.done : result.not_done).push_back(std::move(each));
  return result;
}

}  // namespace weft

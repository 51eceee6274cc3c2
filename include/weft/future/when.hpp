// One future for the first, or for all, of many.
// Unlike wait() and as_completed(), which block a thread, these give a future, for then(), callbacks and co_await.
#pragma once

#include <weft/base/error.hpp>
#include <weft/future/detail/gathering.hpp>
#include <weft/future/future.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <ranges>
#include <utility>
#include <vector>

namespace weft {

/// What when_any() does with the others once the first is done.
enum class losers : std::uint8_t {
  keep,    ///< nothing
  cancel,  ///< cancels those that have not started
};

struct when_any_options {
  enum losers losers = losers::keep;
};

template <class T>
struct when_any_result {
  /// Its position in the range.
  std::size_t index = 0;
  future<T> winner;
};

namespace detail {

/// The futures of a range, in order. **Errors**: invalid_state for an empty handle.
template <class T, std::ranges::input_range R>
std::vector<future<T>> handles_of(R&& futures) {
  std::vector<future<T>> all;
  if constexpr (std::ranges::sized_range<R>) all.reserve(std::ranges::size(futures));
  for (auto&& each : futures) {
    if (!each.valid()) throw_empty_handle();
    all.push_back(each);
  }
  return all;
}

/// What the two have in common: a result that waits for many.
template <class T, class V>
class gathering_base : public result_block<V> {
 protected:
  gathering_base(const task_operations& operations, std::vector<future<T>> sources,
                 gathering::ended_function source_ended)
      : result_block<V>(operations, true), sources_(std::move(sources)), links_(*this, tasks(sources_), source_ended) {}
  ~gathering_base() = default;

  static void drop(task& base) noexcept {
    auto& self = static_cast<gathering_base&>(base);
    self.links_.detach();
    self.sources_.clear();
  }
  // Claimed by nobody but the block itself: nothing fails it.
  static void fail_with(task& base, std::exception_ptr error) noexcept {
    drop(base);
    static_cast<gathering_base&>(base).store_error(std::move(error));
  }
  static bool help(task& base, waiter who) { return static_cast<gathering_base&>(base).links_.help(who); }

  std::vector<future<T>>& sources() noexcept { return sources_; }
  gathering& links() noexcept { return links_; }

 private:
  static std::vector<task*> tasks(const std::vector<future<T>>& futures) {
    std::vector<task*> all;
    all.reserve(futures.size());
    for (const auto& each : futures) all.push_back(each.handle());
    return all;
  }

  // Owned by whoever claims or cancels the result.
  std::vector<future<T>> sources_;
  gathering links_;
};

template <class T>
class when_any_block final : public gathering_base<T, when_any_result<T>> {
  using base_type = gathering_base<T, when_any_result<T>>;

 public:
  when_any_block(std::vector<future<T>> sources, losers what)
      : base_type(operations, std::move(sources), &when_any_block::source_ended), losers_(what) {}

  void start() noexcept {
    this->links().attach();
    arrive(attached);
  }

 private:
  static constexpr std::uint32_t attached = 1;
  static constexpr std::uint32_t decided = 2;

  static void source_ended(task& base, std::size_t position) noexcept {
    auto& self = static_cast<when_any_block&>(base);
    if (!self.claim()) return;
    self.winner_ = position;
    self.arrive(decided);
  }

  // The second of the two completes it: not before every link has been added.
  void arrive(std::uint32_t what) noexcept {
    if ((arrived_.fetch_or(what) | what) == (attached | decided)) complete();
  }

  void complete() noexcept {
    this->links().detach();
    auto all = std::move(this->sources());
    if (losers_ == losers::cancel) {
      for (const auto& each : all) each.cancel();  // the winner is done: nothing happens to it
    }
    this->store_value(when_any_result<T>{winner_, std::move(all[winner_])});
    all.clear();
    this->finish(task_state::value);
  }

  static constexpr task_operations operations{.run = nullptr,
                                              .drop = &when_any_block::drop,
                                              .fail = &when_any_block::fail_with,
                                              .destroy =
                                                  [](task& base, task_state state) noexcept {
                                                    auto& self = static_cast<when_any_block&>(base);
                                                    self.destroy_outcome(state);
                                                    delete &self;
                                                  },
                                              .error = &when_any_block::error_of,
                                              .help = &when_any_block::help};

  const losers losers_;
  // Written by whoever claims the result, before it arrives.
  std::size_t winner_ = 0;
  // Written by start() and by whoever claims the result.
  atom<std::uint32_t> arrived_{0};
};

template <class T>
class when_all_block final : public gathering_base<T, std::vector<future<T>>> {
  using base_type = gathering_base<T, std::vector<future<T>>>;

 public:
  explicit when_all_block(std::vector<future<T>> sources)
      : base_type(operations, std::move(sources), &when_all_block::source_ended), left_(this->sources().size() + 1) {}

  void start() noexcept {
    this->links().attach();
    arrive();
  }

 private:
  static void source_ended(task& base, std::size_t /*position*/) noexcept {
    static_cast<when_all_block&>(base).arrive();
  }

  void arrive() noexcept {
    if (left_.fetch_sub(1) != 1 || !this->claim()) return;
    this->links().detach();
    this->store_value(std::move(this->sources()));
    this->finish(task_state::value);
  }

  static constexpr task_operations operations{.run = nullptr,
                                              .drop = &when_all_block::drop,
                                              .fail = &when_all_block::fail_with,
                                              .destroy =
                                                  [](task& base, task_state state) noexcept {
                                                    auto& self = static_cast<when_all_block&>(base);
                                                    self.destroy_outcome(state);
                                                    delete &self;
                                                  },
                                              .error = &when_all_block::error_of,
                                              .help = &when_all_block::help};

  // Sources that have not ended, and one for start().
  atom<std::size_t> left_;
};

template <class Block, class V>
future<V> start_gathering(Block* block) noexcept {
  auto result = future<V>::adopt(block);
  block->start();
  block->drop_keeper();
  return result;
}

}  // namespace detail

/// A future of the first of the futures to be done, whatever its outcome; of those that are done already the first in
/// the range. With losers::cancel the others have been cancelled, where they had not started, when it is done.
/// Cancelling it, or dropping its last handle, ends the watch and touches none of the futures; nothing of it is left in
/// those that are not done. In a worker a wait for it runs what has not started of its own executor.
/// **Errors**: invalid_argument for an empty range; invalid_state for an empty handle in it. **Cost**: linear.
/// **Python**: wait(return_when=FIRST_COMPLETED), as a future.
template <std::ranges::input_range R, class T = typename std::ranges::range_value_t<R>::value_type>
future<when_any_result<T>> when_any(R&& futures, when_any_options options = {}) {
  auto all = detail::handles_of<T>(std::forward<R>(futures));
  if (all.empty()) throw invalid_argument("when_any: there are no futures, so none will be the first");
  using block = detail::when_any_block<T>;
  return detail::start_gathering<block, when_any_result<T>>(new block(std::move(all), options.losers));
}

/// A future of all the futures, in order, that is done when each of them is, whatever their outcomes; at once for an
/// empty range. Cancelling and dropping it, and waiting for it, as when_any().
/// **Errors**: invalid_state for an empty handle. **Cost**: linear. **Python**: wait(), as a future.
template <std::ranges::input_range R, class T = typename std::ranges::range_value_t<R>::value_type>
future<std::vector<future<T>>> when_all(R&& futures) {
  using block = detail::when_all_block<T>;
  return detail::start_gathering<block, std::vector<future<T>>>(
      new block(detail::handles_of<T>(std::forward<R>(futures))));
}

}  // namespace weft

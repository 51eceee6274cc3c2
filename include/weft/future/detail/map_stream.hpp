// How map() and map_unordered() keep a window of calls in flight and hand out the results.
//
// Both fill the window whenever a task has been consumed. An error on the way (an input throws, the executor refuses)
// ends the drawing and is thrown after the results of what was submitted before.
#pragma once

#include <weft/base/deadline.hpp>
#include <weft/future/detail/completion_order.hpp>
#include <weft/future/detail/map_calls.hpp>

#include <cstddef>
#include <deque>
#include <exception>
#include <optional>
#include <utility>

namespace weft::detail {

/// The consumer's side of a map, whatever the inputs and the executor.
template <class V>
class map_stream {
 public:
  map_stream() = default;
  map_stream(const map_stream&) = delete;
  map_stream& operator=(const map_stream&) = delete;
  virtual ~map_stream() = default;

  virtual void start() = 0;
  virtual V& current() = 0;
  virtual void advance() = 0;
  virtual bool ended() const = 0;
  virtual void cancel_rest() noexcept = 0;
};

/// What both have in common: drawing until the inputs end.
template <class Calls>
class map_source {
 public:
  map_source(Calls calls, std::size_t window, const deadline& until)
      : calls_(std::move(calls)), window_(window), until_(until) {}

  /// Submits while fewer than the window are in flight, of which `in_flight()` tells the number and `add(call)` makes
  /// one more.
  template <class InFlight, class Add>
  void fill(InFlight in_flight, Add add) {
    while (!inputs_ended_ && (window_ == 0 || in_flight() < window_)) {
      if (calls_.exhausted()) {
        inputs_ended_ = true;
      } else {
        add(calls_.submit_next());
      }
    }
  }
  /// Keeps the error for its turn.
  template <class InFlight, class Add>
  void refill(InFlight in_flight, Add add) noexcept {
    try {
      fill(in_flight, add);
    } catch (...) {
      stopped_by_ = std::current_exception();
      inputs_ended_ = true;
    }
  }

  Calls& calls() noexcept { return calls_; }
  const deadline& until() const noexcept { return until_; }
  bool stopped() const noexcept { return stopped_by_ != nullptr; }
  [[noreturn]] void throw_stopped() const { std::rethrow_exception(stopped_by_); }
  void forget_stop() noexcept { stopped_by_ = nullptr; }
  void stop_drawing() noexcept { inputs_ended_ = true; }

 private:
  Calls calls_;
  const std::size_t window_;  // in tasks; 0 is no bound
  const deadline until_;
  bool inputs_ended_ = false;
  std::exception_ptr stopped_by_;
};

/// Results in input order.
template <class Calls>
class ordered_stream final : public map_stream<typename Calls::value_type> {
 public:
  ordered_stream(Calls calls, std::size_t window, const deadline& until) : source_(std::move(calls), window, until) {}

  void start() override { source_.fill(in_flight(), add()); }
  typename Calls::value_type& current() override {
    if (tasks_.empty()) source_.throw_stopped();
    return source_.calls().value(tasks_.front(), at_, source_.until());
  }
  void advance() override {
    if (tasks_.empty()) {
      source_.forget_stop();
      return;
    }
    if (++at_ < tasks_.front().items) return;
    at_ = 0;
    tasks_.pop_front();
    source_.refill(in_flight(), add());
  }
  bool ended() const override { return tasks_.empty() && !source_.stopped(); }
  void cancel_rest() noexcept override {
    for (auto& each : tasks_) each.result.cancel();
  }

 private:
  auto in_flight() noexcept {
    return [this] { return tasks_.size(); };
  }
  auto add() noexcept {
    return [this](typename Calls::call fresh) { tasks_.push_back(std::move(fresh)); };
  }

  map_source<Calls> source_;
  std::deque<typename Calls::call> tasks_;
  std::size_t at_ = 0;  // the item within the first task
};

[[noreturn]] WEFT_EXPORT void throw_unfinished_calls(std::size_t tasks);

/// Results as the tasks end.
template <class Calls>
class unordered_stream final : public map_stream<typename Calls::value_type> {
 public:
  unordered_stream(Calls calls, std::size_t window, const deadline& until) : source_(std::move(calls), window, until) {}

  void start() override { source_.fill(in_flight(), add()); }
  typename Calls::value_type& current() override {
    if (!chosen_ && order_.left() == 0) source_.throw_stopped();
    if (!choose()) throw_unfinished_calls(order_.left());
    return source_.calls().value(tasks_[*chosen_], at_, source_.until());
  }
  void advance() override {
    if (!chosen_ && order_.left() == 0) {
      source_.forget_stop();
    } else if (!choose()) {
      give_up();
    } else if (++at_ == tasks_[*chosen_].items) {
      at_ = 0;
      tasks_[*chosen_] = {};
      chosen_.reset();
      source_.refill(in_flight(), add());
    }
  }
  bool ended() const override { return gave_up_ || (!chosen_ && order_.left() == 0 && !source_.stopped()); }
  void cancel_rest() noexcept override {
    for (auto& each : tasks_) {
      if (each.result.valid()) each.result.cancel();
    }
  }

 private:
  /// Waits for the next task to end; false at the deadline.
  bool choose() {
    if (!chosen_) chosen_ = order_.next(source_.until());
    return chosen_.has_value();
  }
  void give_up() noexcept {
    gave_up_ = true;
    source_.stop_drawing();
    cancel_rest();
  }

  auto in_flight() noexcept {
    return [this] { return order_.left(); };
  }
  auto add() noexcept {
    return [this](typename Calls::call fresh) {
      if (tasks_.size() == order_.positions()) tasks_.emplace_back();
      const std::size_t at = order_.add(*fresh.result.handle());
      tasks_[at] = std::move(fresh);
    };
  }

  map_source<Calls> source_;
  std::deque<typename Calls::call> tasks_;  // by position; destroyed after order_, which points into their blocks
  completion_order order_;
  std::optional<std::size_t> chosen_;
  std::size_t at_ = 0;  // the item within the chosen task
  bool gave_up_ = false;
};

}  // namespace weft::detail

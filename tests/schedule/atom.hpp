// detail::atom under the scheduler: std::atomic's interface, with a step before every operation.
// What the memory orders allow beyond sequential consistency is not explored: exactly one thread runs at a time.
#pragma once

#include "schedule/step.hpp"

#include <atomic>
#include <cstddef>
#include <type_traits>

namespace weft::detail {

template <class T>
class atom {
  using order = std::memory_order;
  using location = std::source_location;
  static constexpr order strongest = std::memory_order_seq_cst;
  // What may be added to a T: as for std::atomic.
  using difference = std::conditional_t<std::is_pointer_v<T>, std::ptrdiff_t, T>;

 public:
  using value_type = T;
  static constexpr bool is_always_lock_free = std::atomic<T>::is_always_lock_free;

  constexpr atom() noexcept { begin(); }
  constexpr atom(T value) noexcept : value_(value) { begin(); }  // NOLINT(google-explicit-constructor): as std::atomic
  atom(const atom&) = delete;
  atom& operator=(const atom&) = delete;
  constexpr ~atom() {
    if (!std::is_constant_evaluated()) schedule::died(this);
  }

  T load(order how = strongest, location where = location::current()) const noexcept {
    step(schedule::action::load, T(), where);
    const T seen = value_.load(how);
    schedule::note(schedule::as_number(seen));
    return seen;
  }
  void store(T value, order how = strongest, location where = location::current()) noexcept {
    step(schedule::action::store, value, where);
    value_.store(value, how);
  }
  T exchange(T value, order how = strongest, location where = location::current()) noexcept {
    step(schedule::action::exchange, value, where);
    return noted(value_.exchange(value, how));
  }

  bool compare_exchange_strong(T& expected, T desired, order how = strongest,
                               location where = location::current()) noexcept {
    step(schedule::action::compare, desired, where);
    const bool done = value_.compare_exchange_strong(expected, desired, how);
    schedule::note(schedule::as_number(expected), done);
    return done;
  }
  bool compare_exchange_strong(T& expected, T desired, order success, order /*failure*/,
                               location where = location::current()) noexcept {
    return compare_exchange_strong(expected, desired, success, where);
  }
  bool compare_exchange_weak(T& expected, T desired, order how = strongest,
                             location where = location::current()) noexcept {
    if (schedule::fails_weakly()) {
      expected = load(strongest, where);
      return false;
    }
    return compare_exchange_strong(expected, desired, how, where);
  }
  bool compare_exchange_weak(T& expected, T desired, order success, order /*failure*/,
                             location where = location::current()) noexcept {
    return compare_exchange_weak(expected, desired, success, where);
  }

  T fetch_add(difference by, order how = strongest, location where = location::current()) noexcept {
    step(schedule::action::fetch, by, where);
    return noted(value_.fetch_add(by, how));
  }
  T fetch_sub(difference by, order how = strongest, location where = location::current()) noexcept {
    step(schedule::action::fetch, by, where);
    return noted(value_.fetch_sub(by, how));
  }
  T fetch_and(T with, order how = strongest, location where = location::current()) noexcept {
    step(schedule::action::fetch, with, where);
    return noted(value_.fetch_and(with, how));
  }
  T fetch_or(T with, order how = strongest, location where = location::current()) noexcept {
    step(schedule::action::fetch, with, where);
    return noted(value_.fetch_or(with, how));
  }
  T fetch_xor(T with, order how = strongest, location where = location::current()) noexcept {
    step(schedule::action::fetch, with, where);
    return noted(value_.fetch_xor(with, how));
  }

  operator T() const noexcept { return load(); }  // NOLINT(google-explicit-constructor): as std::atomic
  T operator=(T value) noexcept {                 // NOLINT(misc-unconventional-assign-operator): as std::atomic
    store(value);
    return value;
  }
  T operator++() noexcept { return fetch_add(1) + 1; }
  T operator++(int) noexcept { return fetch_add(1); }
  T operator--() noexcept { return fetch_sub(1) - 1; }
  T operator--(int) noexcept { return fetch_sub(1); }

  /// The value without a step: for the scheduler's own look at a word that a thread is about to sleep on.
  T peek() const noexcept { return value_.load(); }

 private:
  constexpr void begin() noexcept {
    if (!std::is_constant_evaluated()) schedule::born(this);
  }
  template <class Operand>
  void step(schedule::action what, Operand operand, const location& where) const noexcept {
    schedule::step({what, this, schedule::as_number(operand), std::is_pointer_v<T>, where});
  }
  static T noted(T seen) noexcept {
    schedule::note(schedule::as_number(seen));
    return seen;
  }

  std::atomic<T> value_{};
};

}  // namespace weft::detail

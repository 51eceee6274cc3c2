// What every executor is: a concept, not a base class (a process executor must see the types).
#pragma once

#include <weft/base/export.hpp>
#include <weft/future/future.hpp>

#include <concepts>
#include <cstddef>

namespace weft {

namespace detail {
int executor_probe(int);  // never defined: only its type is used
}

/// Runs calls somewhere else: on threads, in processes, on other machines. The models of this concept differ in
/// where the work runs and in what may cross to there, never in what their futures promise.
template <class E>
concept executor = requires(E& e, wait_for how_long, pending what) {
  { e.submit(&detail::executor_probe, 1) } -> std::same_as<future<int>>;
  e.post(&detail::executor_probe, 1);
  e.shutdown(how_long, what);
  { e.max_workers() } -> std::convertible_to<std::size_t>;
};

}  // namespace weft

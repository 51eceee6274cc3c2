// How map() draws its inputs, and how much of them at a time.
#pragma once

#include <weft/base/error.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <optional>
#include <ranges>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>

namespace weft {

struct map_options {
  /// One budget for the whole iteration, from the call to map().
  std::chrono::nanoseconds timeout = std::chrono::nanoseconds::max();
  /// Items a task; the default leaves it to the executor (threads: 1).
  std::optional<std::ptrdiff_t> chunk{};
  /// At most this many calls drawn and not yet consumed; 0: all of a sized range, four a worker of others.
  std::size_t buffer = 0;
};

namespace detail {

template <class View>
inline constexpr bool owns_elements = false;
template <class Container>
  requires requires { typename Container::allocator_type; }
inline constexpr bool owns_elements<std::ranges::owning_view<Container>> = true;

/// One to three inputs, drawn in step until the first of them ends; the ones after it are not advanced then.
/// An input is advanced only when its next element is wanted.
template <class... Views>
class zipped {
 public:
  using item = std::tuple<std::ranges::range_value_t<Views>...>;

  explicit zipped(Views... views) : views_(std::move(views)...) {}

  bool exhausted() {
    if (step_ == step::wanted) {
      step_ = step::ended;  // also where an input throws
      if (fetch(std::index_sequence_for<Views...>())) step_ = step::fetched;
    }
    return step_ == step::ended;
  }
  /// Only if not exhausted.
  item draw() {
    step_ = step::wanted;
    return draw(std::index_sequence_for<Views...>());
  }

 private:
  enum class step : unsigned char { wanted, fetched, ended };

  template <std::size_t... I>
  bool fetch(std::index_sequence<I...>) {
    return (fetch_one<I>() && ...);
  }
  template <std::size_t I>
  bool fetch_one() {
    auto& view = std::get<I>(views_);
    auto& at = std::get<I>(at_);
    if (at) {
      ++*at;
    } else {
      at.emplace(std::ranges::begin(view));
    }
    return *at != std::ranges::end(view);
  }

  template <std::size_t... I>
  item draw(std::index_sequence<I...>) {
    return item(element<Views>(*std::get<I>(at_))...);
  }
  /// The elements of a container that the map owns are its own to move from.
  template <class View, class Iterator>
  static std::ranges::range_value_t<View> element(Iterator& at) {
    if constexpr (owns_elements<View>) {
      return std::ranges::iter_move(at);
    } else {
      return static_cast<std::ranges::range_value_t<View>>(*at);
    }
  }

  std::tuple<Views...> views_;
  std::tuple<std::optional<std::ranges::iterator_t<Views>>...> at_;
  step step_ = step::wanted;
};

/// How a map cuts its inputs into tasks and how many of those it keeps in flight; 0 is no bound.
struct map_plan {
  std::size_t chunk = 1;
  std::size_t window = 0;
};

template <class E, class... Views>
map_plan plan_map(E& where, const map_options& options, Views&... views) {
  constexpr bool sized = (std::ranges::sized_range<Views> && ...);
  map_plan plan;
  if (options.chunk) {
    if (*options.chunk < 1)
      throw invalid_argument("map: chunk is " + std::to_string(*options.chunk) + "; give 1 or more");
    plan.chunk = static_cast<std::size_t>(*options.chunk);
  } else if constexpr (sized && requires { where.automatic_chunk(std::size_t{1}); }) {
    const std::size_t items = std::min({static_cast<std::size_t>(std::ranges::size(views))...});
    plan.chunk = std::max<std::size_t>(1, where.automatic_chunk(items));
  }
  if (options.buffer != 0) {
    plan.chunk = std::min(plan.chunk, options.buffer);
    plan.window = options.buffer / plan.chunk;
  } else if (!sized) {
    plan.window = 4 * static_cast<std::size_t>(where.max_workers());
  }
  return plan;
}

}  // namespace detail
}  // namespace weft

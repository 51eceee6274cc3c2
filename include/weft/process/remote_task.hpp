// A submitted call in the parent: the future's block, with the encoded call until a worker has it.
#pragma once

#include <weft/future/detail/task_block.hpp>
#include <weft/future/outcome.hpp>
#include <weft/process/call.hpp>
#include <weft/process/codec.hpp>
#include <weft/process/remote_exception.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace weft::detail {

/// The part without types. Owned by the pool's lock while queued, by the manager thread once claimed.
struct remote_task {
  using complete_function = void (*)(remote_task&, decoder&);

  remote_task(task& owner, complete_function decode_result) noexcept : block(&owner), complete(decode_result) {}
  remote_task(const remote_task&) = delete;
  remote_task& operator=(const remote_task&) = delete;

  task* block;
  /// Decodes the result into the block and finishes it, or fails it with transfer_error.
  complete_function complete;
  encoder payload;
  std::uint64_t number = 0;
  std::chrono::nanoseconds time_limit = std::chrono::nanoseconds::max();
  std::string name;
  /// Moved from pending to running: it can no longer be cancelled.
  bool claimed = false;
  /// Workers that died with it.
  unsigned crashes = 0;
  remote_task* next = nullptr;

 protected:
  ~remote_task() = default;
};

/// The error for a result that could not be read.
WEFT_EXPORT std::exception_ptr undecodable_result();

template <class T, when_failed Policy>
class remote_block final : public result_block<T>, public remote_task {
 public:
  remote_block() noexcept
      : result_block<T>(operations, Policy == when_failed::keep_for_reader), remote_task(*this, &remote_block::complete_with) {}

 private:
  static void complete_with(remote_task& base, decoder& in) {
    auto& self = static_cast<remote_block&>(base);
    try {
      if constexpr (std::is_void_v<T>) {
        in.expect_end();
        self.store_value();
      } else {
        T value = decode<T>(in);
        in.expect_end();
        self.store_value(std::move(value));
      }
    } catch (...) {
      self.fail(undecodable_result());
      return;
    }
    self.finish(task_state::value);
  }

  static constexpr task_operations operations{.run = nullptr,
                                              .drop = [](task&) noexcept {},
                                              .fail =
                                                  [](task& base, std::exception_ptr error) noexcept {
                                                    auto& self = static_cast<remote_block&>(base);
                                                    if constexpr (Policy == when_failed::report) {
                                                      report_lost_error(error_source::posted_task, error);
                                                      self.mark_error_seen();
                                                    }
                                                    self.store_error(std::move(error));
                                                  },
                                              .destroy =
                                                  [](task& base, task_state state) noexcept {
                                                    auto& self = static_cast<remote_block&>(base);
                                                    self.destroy_outcome(state);
                                                    delete &self;
                                                  },
                                              .error = &remote_block::error_of};
};

/// Where the running task was sent from and as what, for the traces of its errors. Worker side.
WEFT_EXPORT const std::string& place_of_running_task();

}  // namespace weft::detail

/// The outcomes of a chunk of a map: an item's error crosses as an exception does.
template <class V>
struct weft::codec<std::vector<weft::outcome<V>>> {
  static void encode(encoder& out, const std::vector<outcome<V>>& outcomes) {
    static_assert(detail::explain_obstacle<V>());
    out.write_value(static_cast<std::uint64_t>(outcomes.size()));
    for (const auto& each : outcomes) {
      out.write_value(each.has_value());
      if (each.has_value()) {
        detail::encode(out, each.value());
      } else {
        detail::encode_exception(out, each.error(), detail::place_of_running_task());
      }
    }
  }
  static std::vector<outcome<V>> decode(decoder& in) {
    const auto count = in.read_count();
    std::vector<outcome<V>> outcomes;
    for (std::uint64_t i = 0; i < count; ++i) {
      if (in.read_value<bool>()) {
        outcomes.push_back(outcome<V>(detail::decode<V>(in)));
      } else {
        outcomes.push_back(outcome<V>(detail::decode_exception(in)));
      }
    }
    return outcomes;
  }
};

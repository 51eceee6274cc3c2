#include "factorial/run.hpp"

#include "factorial/engine.hpp"
#include "factorial/estimate.hpp"
#include "factorial/planner.hpp"
#include "factorial/text_store.hpp"
#include "factorial/windowed.hpp"

#include <weft/base/error.hpp>
#include <weft/pool/thread_pool_executor.hpp>
#include <weft/process/process_pool_executor.hpp>

#include <string>
#include <string_view>
#include <utility>

namespace weft::factorial {
namespace {

/// Enough to make a task's own cost vanish, little enough to share a batch among workers.
constexpr double digits_per_block = 64 * 1024;
/// Blocks in flight for each worker: one that runs, and some to go on with while the output catches up.
constexpr std::size_t blocks_per_worker = 4;

/// The sequential counterpart of a future: computes when asked.
struct deferred {
  block numbers;

  std::string result() && { return factorial_lines(numbers.first, numbers.step, numbers.count); }
  void cancel() {}
};

/// Hands out the texts of the blocks one by one.
template <class Source>
class text_stream {
 public:
  explicit text_stream(Source& source) : source_(source) {}

  /// The text of n, which must be the next number of the plan; valid until the next call.
  std::string_view next(std::uint64_t n) {
    if (rest_.empty()) open_next_block();
    const std::size_t end = rest_.find('\n');
    if (end == std::string_view::npos || n != expected_) {
      throw invalid_state("the plan and the output of factorials disagree at " + std::to_string(n));
    }
    const std::string_view text = rest_.substr(0, end);
    rest_.remove_prefix(end + 1);
    expected_ += current_.numbers.step;
    return text;
  }

 private:
  void open_next_block() {
    auto block = source_.next();
    if (!block) return;
    current_ = std::move(*block);
    rest_ = current_.lines;
    expected_ = current_.numbers.first;
  }

  Source& source_;
  finished_block current_;
  std::string_view rest_;  // of current_.lines
  std::uint64_t expected_ = 0;
};

template <class Submit>
run_summary deliver(const batch& numbers, const run_options& options, writer& out, std::size_t window, Submit submit) {
  windowed blocks(planner(numbers, digits_per_block), std::move(submit), {.blocks = window, .bytes = options.memory});
  text_stream texts(blocks);
  text_store store(options.store_budget);
  run_summary summary;
  auto walk = numbers.begin_walk();
  while (const auto n = walk.next()) {
    if (store.holds(*n)) {
      const std::string text = store.take(*n);
      summary.digits += text.size();
      out.write(*n, text);
    } else {
      const std::string_view text = texts.next(*n);
      if (const std::uint64_t uses = numbers.uses(*n); uses > 1) store.keep(*n, text, uses - 1);
      summary.digits += text.size();
      ++summary.computed;
      out.write(*n, text);
    }
    ++summary.results;
  }
  summary.spilled = store.spilled();
  return summary;
}

template <executor Pool>
run_summary deliver_on(Pool& pool, const batch& numbers, const run_options& options, writer& out) {
  return deliver(numbers, options, out, blocks_per_worker * options.workers,
                 [&pool](const block& one) { return pool.submit(factorial_lines, one.first, one.step, one.count); });
}

}  // namespace

executor_kind choose_executor(const batch& numbers, std::size_t workers) {
  constexpr double worth_a_pool_s = 5e-3;
  const bool pays = workers > 1 && numbers.count() > 1 && estimated_seconds(numbers) >= worth_a_pool_s;
  return pays ? executor_kind::threads : executor_kind::sequential;
}

run_summary run(const batch& numbers, const run_options& options, writer& out) {
  out.begin();
  switch (options.executor) {
    case executor_kind::sequential:
      return deliver(numbers, options, out, 1, [](const block& one) { return deferred{one}; });
    case executor_kind::threads: {
      thread_pool_executor pool({.max_workers = options.workers, .thread_name_prefix = "factorial"});
      return deliver_on(pool, numbers, options, out);
    }
    case executor_kind::processes: {
      process_pool_executor pool({.max_workers = options.workers});
      return deliver_on(pool, numbers, options, out);
    }
  }
  throw invalid_argument("no such executor");
}

}  // namespace weft::factorial

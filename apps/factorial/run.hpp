// A batch of factorials from plan to output: every number computed once, results in input order, memory bounded.
//
// Protocol: 1. the planner walks the batch ahead and yields blocks of numbers that were not seen before;
// 2. a window of blocks is in flight on the executor; 3. the delivery walks the batch again and takes each number
// from the store, if it was computed before, or from the next block; 4. what stands in the batch again goes to the
// store until its last use.
#pragma once

#include "factorial/batch.hpp"
#include "factorial/writer.hpp"

#include <cstddef>
#include <cstdint>

namespace weft::factorial {

enum class executor_kind { sequential, threads, processes };

struct run_options {
  executor_kind executor = executor_kind::sequential;
  std::size_t workers = 1;
  double memory = 1e9;                 ///< bytes that blocks in flight may take
  std::size_t store_budget = 1 << 28;  ///< bytes of repeated results kept in memory; the rest goes to a file
};

struct run_summary {
  std::uint64_t results = 0;   ///< written, repeats included
  std::uint64_t computed = 0;  ///< different numbers
  std::uint64_t digits = 0;    ///< written
  std::uint64_t spilled = 0;   ///< bytes that went through a temporary file
};

/// The executor of `auto`: sequential for one number, for one worker, and for less than 5 ms of estimated work;
/// threads otherwise. Never processes: they only add the way of the texts from worker to output.
executor_kind choose_executor(const batch& numbers, std::size_t workers);

/// **Blocks** until every result was written to `out`. **Errors**: those of the executor and of `out`.
run_summary run(const batch& numbers, const run_options& options, writer& out);

}  // namespace weft::factorial

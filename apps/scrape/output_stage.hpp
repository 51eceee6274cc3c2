// What happens to a page after it was fetched: parsed on a pool of threads, then handed to the sink on one thread.
//
// Protocol: the fetching thread puts pages in and stops fetching while full(); every page is in exactly one of the
// pool's queue, a parsing task, or the records' queue, and counts until the sink has returned. finish() waits for the
// pool first and the writer second, so nothing is left behind.
#pragma once

#include <weft/pool/thread_pool_executor.hpp>
#include <weft/queue/queue.hpp>
#include <weft/sync/guarded.hpp>

#include "scrape/record.hpp"
#include "scrape/scraper.hpp"

#include <atomic>
#include <cstdint>
#include <exception>
#include <functional>
#include <string>
#include <thread>

namespace weft::scrape {

/// What the sink has taken so far.
struct output_tally {
  std::uint64_t ok = 0;
  std::uint64_t failed = 0;
  std::uint64_t bytes = 0;
  std::string first_error = {};
};

class output_stage {
 public:
  /// `on_room` is called from any thread, when a full stage has room again and when the sink has thrown.
  output_stage(unsigned parsers, const record_sink& sink, std::function<void()> on_room);
  output_stage(const output_stage&) = delete;
  output_stage& operator=(const output_stage&) = delete;
  /// Without a finish(): what is not written yet is dropped.
  ~output_stage();

  /// Takes a record and, for a page worth parsing, its body. Never blocks.
  void put(page_record record, std::string body = {});
  /// More is held than the stage wants to: put nothing more for now.
  [[nodiscard]] bool full() const noexcept { return held_.load() >= most_held; }
  /// The sink threw; everything after that is dropped.
  [[nodiscard]] bool failed() const noexcept { return failed_.load(); }
  [[nodiscard]] output_tally tally() const { return *tally_.lock(); }

  /// **Blocks** until everything was given to the sink. **Errors**: what the sink threw.
  void finish();

 private:
  struct item {
    page_record record;
    std::int64_t cost;
  };
  static constexpr std::int64_t most_held = std::int64_t{64} << 20;  // bytes

  void write();
  void pass_on(item next);
  void end_threads();

  const record_sink& sink_;
  const std::function<void()> on_room_;
  // Bytes of pages here, roughly. Written by the fetching thread (up) and the writer (down), read by full().
  std::atomic<std::int64_t> held_{0};
  // Written by the writer after error_, read by the fetching thread.
  std::atomic<bool> failed_{false};
  guarded<output_tally> tally_;
  std::exception_ptr error_;  // written by the writer, read after it has ended
  queue<item> records_;
  thread_pool_executor pool_;
  std::jthread writer_;
};

}  // namespace weft::scrape

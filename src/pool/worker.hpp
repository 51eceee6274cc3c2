// What the pool keeps for one of its threads.
#pragma once

#include "pool/task_batch.hpp"
#include "pool/work_deque.hpp"

#include <weft/base/detail/atom.hpp>
#include <weft/base/detail/os_thread.hpp>

#include <cstddef>
#include <cstdint>

namespace weft::detail {

/// Lives as long as the pool: others may look into its batch and its deque after its thread has ended.
struct alignas(64) pool_worker {
  explicit pool_worker(std::size_t number) : index(number) {}

  const std::size_t index;
  task_batch batch;
  work_deque spawned;
  unsigned since_queue = 0;              // owner only: tasks taken from `spawned` since it last looked into the lanes
  deadline::clock::time_point placed{};  // owner only: when it last moved to another processor
  atom<int> waker_processor{-1};         // where the thread ran that woke it; written by the waker before the signal
  bool looking = false;                  // protected by the pool's lock: counted in looking_
  bool spins = false;                    // protected by the pool's lock: it is the one that spins
  bool keeps_time = false;               // protected by the pool's lock: sleeps until the next delayed task is due
  bool ended = true;                     // protected by the pool's lock: no thread is at work here
  futex_word signal{0};                  // 1: wake up; written by the waker, reset by the worker
  os_thread thread;                      // protected by the pool's lock

  // Statistics: written by the owner, read by anybody.
  atom<bool> busy{false};
  atom<std::uint64_t> succeeded{0};
  atom<std::uint64_t> failed{0};
  atom<std::uint64_t> cancelled{0};

  void count(task_state end) noexcept {
    atom<std::uint64_t>* const counter = end == task_state::value       ? &succeeded
                                         : end == task_state::failed    ? &failed
                                         : end == task_state::cancelled ? &cancelled
                                                                        : nullptr;
    // order: only this thread writes; the figures need not be of one moment
    if (counter != nullptr) {
      counter->store(counter->load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
    }
  }
};

}  // namespace weft::detail

// The workloads that not every contender can run: fork and join, computing, and what a pool costs while it does
// nothing.
#pragma once

#include <cstdint>

namespace weft::bench {

/// Nanoseconds a spawn of fib(30), one spawn each call, without coroutines.
double fork_join_weft();
double fork_join_tbb();

/// Nanoseconds a task; a process of its own runs it.
double submit_get_python();

/// Microseconds a ping where the waiter may run the task itself.
double ping_may_run();
/// Microseconds of processor time, of all threads, a ping with a real hop.
double ping_cpu();

/// Speed-ups over the same work on one thread, measured just before.
double reduce_weft();       // the sum of 1e7 doubles
double reduce_tbb();        // the same by parallel_reduce
double ordered_map_weft();  // 1e5 tasks of 10 us, results in order
double uneven_weft();       // 10,000 tasks of 1 to 1,000 us; efficiency: speed-up over workers
double uneven_tbb();

/// Bytes for one pending future of a trivial int task: its block, its place in the queue, its handle.
double bytes_a_future();
/// Microseconds of processor time in 200 ms, beginning 10 ms after the last task.
double idle_cpu();

}  // namespace weft::bench

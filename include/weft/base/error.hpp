// The error tree. Every error that weft throws derives from weft::error, one type for each kind of failure,
// so that callers can catch the kind and never parse text. System calls that fail throw std::system_error
// naming the call.
//
//   error
//   ├─ timeout_error        a wait ended at its deadline
//   ├─ cancelled_error      the awaited future was cancelled
//   ├─ invalid_state        an object was used in a state that does not allow it
//   ├─ invalid_argument     an argument is outside its documented range
//   ├─ broken_promise       a producer went away without an outcome
//   ├─ shutdown_error       work was given to an executor after shutdown
//   ├─ would_deadlock       a wait that could never end was refused
//   ├─ queue_empty, queue_full, queue_shut_down
//   ├─ broken_barrier
//   ├─ transfer_error       a value could not be encoded or decoded on its way to or from a process
//   ├─ remote_error         an exception of another process whose type is not known here
//   └─ broken_executor
//      ├─ broken_thread_pool
//      └─ broken_process_pool
//         └─ terminated_worker
//            ├─ time_limit_exceeded
//            └─ memory_limit_exceeded
#pragma once

#include <weft/base/export.hpp>

#include <sys/types.h>
#include <cstdint>
#include <stdexcept>
#include <string>

namespace weft {

/// Root of every error that weft throws.
class WEFT_EXPORT error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
  error(const error&) = default;
  error& operator=(const error&) = default;
  ~error() override;
};

/// A wait ended at its deadline. The awaited thing is untouched: nothing is cancelled by a timeout.
class WEFT_EXPORT timeout_error : public error {
 public:
  using error::error;
  timeout_error(const timeout_error&) = default;
  timeout_error& operator=(const timeout_error&) = default;
  ~timeout_error() override;
};

/// The awaited future was cancelled before it ran.
class WEFT_EXPORT cancelled_error : public error {
 public:
  using error::error;
  cancelled_error(const cancelled_error&) = default;
  cancelled_error& operator=(const cancelled_error&) = default;
  ~cancelled_error() override;
};

/// An object was used in a state that does not allow it; the text names the state.
class WEFT_EXPORT invalid_state : public error {
 public:
  using error::error;
  invalid_state(const invalid_state&) = default;
  invalid_state& operator=(const invalid_state&) = default;
  ~invalid_state() override;
};

/// An argument is outside its documented range; the text names the argument and what would be right.
class WEFT_EXPORT invalid_argument : public error {
 public:
  using error::error;
  invalid_argument(const invalid_argument&) = default;
  invalid_argument& operator=(const invalid_argument&) = default;
  ~invalid_argument() override;
};

/// The producer side of a future was destroyed without an outcome.
class WEFT_EXPORT broken_promise : public error {
 public:
  using error::error;
  broken_promise(const broken_promise&) = default;
  broken_promise& operator=(const broken_promise&) = default;
  ~broken_promise() override;
};

/// Work was given to an executor after its shutdown.
class WEFT_EXPORT shutdown_error : public error {
 public:
  using error::error;
  shutdown_error(const shutdown_error&) = default;
  shutdown_error& operator=(const shutdown_error&) = default;
  ~shutdown_error() override;
};

/// A wait that could never end was refused; the text names the tasks.
class WEFT_EXPORT would_deadlock : public error {
 public:
  using error::error;
  would_deadlock(const would_deadlock&) = default;
  would_deadlock& operator=(const would_deadlock&) = default;
  ~would_deadlock() override;
};

/// A queue had no item for a get that does not wait (or not that long).
class WEFT_EXPORT queue_empty : public error {
 public:
  using error::error;
  queue_empty(const queue_empty&) = default;
  queue_empty& operator=(const queue_empty&) = default;
  ~queue_empty() override;
};

/// A queue had no room for a put that does not wait (or not that long).
class WEFT_EXPORT queue_full : public error {
 public:
  using error::error;
  queue_full(const queue_full&) = default;
  queue_full& operator=(const queue_full&) = default;
  ~queue_full() override;
};

/// A queue was shut down: nothing can be put, and (once drained) nothing more comes.
class WEFT_EXPORT queue_shut_down : public error {
 public:
  using error::error;
  queue_shut_down(const queue_shut_down&) = default;
  queue_shut_down& operator=(const queue_shut_down&) = default;
  ~queue_shut_down() override;
};

/// A barrier was aborted, or one of its parties failed.
class WEFT_EXPORT broken_barrier : public error {
 public:
  using error::error;
  broken_barrier(const broken_barrier&) = default;
  broken_barrier& operator=(const broken_barrier&) = default;
  ~broken_barrier() override;
};

/// A value could not be encoded or decoded on its way to or from another process.
class WEFT_EXPORT transfer_error : public error {
 public:
  using error::error;
  transfer_error(const transfer_error&) = default;
  transfer_error& operator=(const transfer_error&) = default;
  ~transfer_error() override;
};

/// An exception of another process whose type is not known here, as a value.
class WEFT_EXPORT remote_error : public error {
 public:
  remote_error(std::string type_name, const std::string& message, std::string trace);
  remote_error(const remote_error&) = default;
  remote_error& operator=(const remote_error&) = default;
  ~remote_error() override;

  /// The demangled name of the type that was thrown there.
  const std::string& type_name() const noexcept { return type_name_; }
  /// Where it was thrown: the process, the task, and the nested causes.
  const std::string& trace() const noexcept { return trace_; }

 private:
  std::string type_name_;
  std::string trace_;
};

/// An executor can run nothing more; the text says why.
class WEFT_EXPORT broken_executor : public error {
 public:
  using error::error;
  broken_executor(const broken_executor&) = default;
  broken_executor& operator=(const broken_executor&) = default;
  ~broken_executor() override;
};

/// A thread pool lost its workers (an initializer threw, no thread could be started).
class WEFT_EXPORT broken_thread_pool : public broken_executor {
 public:
  using broken_executor::broken_executor;
  broken_thread_pool(const broken_thread_pool&) = default;
  broken_thread_pool& operator=(const broken_thread_pool&) = default;
  ~broken_thread_pool() override;
};

/// A process pool lost its workers, or one task lost its worker (then a terminated_worker).
class WEFT_EXPORT broken_process_pool : public broken_executor {
 public:
  using broken_executor::broken_executor;
  broken_process_pool(const broken_process_pool&) = default;
  broken_process_pool& operator=(const broken_process_pool&) = default;
  ~broken_process_pool() override;
};

/// How a worker process ended, as the kernel told it.
struct worker_exit {
  pid_t pid = 0;
  /// The process ended by a signal (`code` is its number) or by exit (`code` is the status).
  bool signalled = false;
  int code = 0;
  bool core_dumped = false;
  /// The exit status could not be had: somebody else reaped the process.
  bool unknown = false;
  /// Peak resident set in bytes.
  std::uint64_t peak_memory = 0;
};

/// "SIGNAL(SIGSEGV)", "EXIT(0)" or "UNKNOWN": how a worker ended, in the words of the error texts.
WEFT_EXPORT std::string describe(const worker_exit& exit);

/// The worker process that ran this task died; only this task failed.
class WEFT_EXPORT terminated_worker : public broken_process_pool {
 public:
  terminated_worker(const std::string& message, const worker_exit& exit);
  terminated_worker(const terminated_worker&) = default;
  terminated_worker& operator=(const terminated_worker&) = default;
  ~terminated_worker() override;

  const worker_exit& exit() const noexcept { return exit_; }
  pid_t pid() const noexcept { return exit_.pid; }
  /// The signal that ended the worker, 0 if it exited.
  int signal() const noexcept { return exit_.signalled ? exit_.code : 0; }

 private:
  worker_exit exit_;
};

/// The task ran longer than its time limit and its worker was killed.
class WEFT_EXPORT time_limit_exceeded : public terminated_worker {
 public:
  using terminated_worker::terminated_worker;
  time_limit_exceeded(const time_limit_exceeded&) = default;
  time_limit_exceeded& operator=(const time_limit_exceeded&) = default;
  ~time_limit_exceeded() override;
};

/// The task used more memory than its limit and its worker was killed.
class WEFT_EXPORT memory_limit_exceeded : public terminated_worker {
 public:
  using terminated_worker::terminated_worker;
  memory_limit_exceeded(const memory_limit_exceeded&) = default;
  memory_limit_exceeded& operator=(const memory_limit_exceeded&) = default;
  ~memory_limit_exceeded() override;
};

}  // namespace weft

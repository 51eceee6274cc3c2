#include <weft/base/error.hpp>

#include <cstring>

namespace weft {

// The destructors anchor each type's vtable and type information here, so that a type thrown in one shared
// object is caught in another.
error::~error() = default;
timeout_error::~timeout_error() = default;
cancelled_error::~cancelled_error() = default;
invalid_state::~invalid_state() = default;
invalid_argument::~invalid_argument() = default;
broken_promise::~broken_promise() = default;
shutdown_error::~shutdown_error() = default;
would_deadlock::~would_deadlock() = default;
queue_empty::~queue_empty() = default;
queue_full::~queue_full() = default;
queue_shut_down::~queue_shut_down() = default;
broken_barrier::~broken_barrier() = default;
transfer_error::~transfer_error() = default;
remote_error::~remote_error() = default;
broken_executor::~broken_executor() = default;
broken_thread_pool::~broken_thread_pool() = default;
broken_process_pool::~broken_process_pool() = default;
terminated_worker::~terminated_worker() = default;
time_limit_exceeded::~time_limit_exceeded() = default;
memory_limit_exceeded::~memory_limit_exceeded() = default;

remote_error::remote_error(std::string type_name, const std::string& message, std::string trace)
    : error(message), type_name_(std::move(type_name)), trace_(std::move(trace)) {}

terminated_worker::terminated_worker(const std::string& message, const worker_exit& exit)
    : broken_process_pool(message), exit_(exit) {}

std::string describe(const worker_exit& exit) {
  if (exit.unknown) return "UNKNOWN";
  if (!exit.signalled) return "EXIT(" + std::to_string(exit.code) + ")";
  const char* name = ::sigabbrev_np(exit.code);
  std::string text = name != nullptr ? "SIG" + std::string(name) : std::to_string(exit.code);
  return "SIGNAL(" + text + (exit.core_dumped ? ", core dumped)" : ")");
}

}  // namespace weft

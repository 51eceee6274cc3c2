// What goes over the sockets between application, fork server and workers. All three are the same program, so
// layouts need no versions; but a worker is not trusted, so everything it sends is checked.
#pragma once

#include <cstddef>
#include <cstdint>
#include <sys/types.h>
#include <type_traits>

namespace weft::detail {

/// Manager to fork server, with one descriptor: the fork server's end of the report socket.
struct start_request {
  static constexpr std::uint32_t right_magic = 0x77667371;
  std::uint32_t magic = right_magic;
};

enum class start_step : std::int32_t { none, socketpair, fork, pidfd_open, send };

/// Fork server to manager, first message of a report socket; with channel and pidfd if error is 0.
struct start_reply {
  static constexpr std::uint32_t right_magic = 0x77667372;
  std::uint32_t magic = right_magic;
  ::pid_t pid = 0;
  std::int32_t error = 0;
  start_step step = start_step::none;
};

/// Fork server to manager, second and last message of a report socket.
struct exit_report {
  static constexpr std::uint32_t right_magic = 0x77667373;
  std::uint32_t magic = right_magic;
  ::pid_t pid = 0;
  /// As of wait4; -1 if somebody else reaped the process.
  std::int32_t status = -1;
  std::uint32_t padding = 0;
  std::uint64_t peak_memory = 0;
};

enum class frame_kind : std::uint32_t {
  // to the worker
  setup = 1,   ///< worker_setup, with the standard descriptors
  initialize,  ///< an encoded call
  task,        ///< an encoded call
  leave,       ///< no payload
  // from the worker
  ready = 101,  ///< no payload
  init_failed,  ///< an exception record
  result,       ///< the encoded result
  failure,      ///< an exception record
};

/// The task number of a setup after which an initialize comes, so that `ready` waits for that one.
inline constexpr std::uint64_t initializer_follows = 1;

/// Precedes every message of a channel.
struct frame_header {
  static constexpr std::uint32_t right_magic = 0x77656674;
  std::uint32_t magic = right_magic;
  frame_kind kind{};
  std::uint64_t task = 0;
  std::uint64_t length = 0;
};

static_assert(std::is_trivially_copyable_v<frame_header> && sizeof(frame_header) == 24);
static_assert(std::has_unique_object_representations_v<exit_report>);

/// The longest payload that a manager accepts from a worker.
inline constexpr std::uint64_t max_payload = std::uint64_t{1} << 32;

}  // namespace weft::detail

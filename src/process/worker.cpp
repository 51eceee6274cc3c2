#include "process/worker.hpp"

#include "process/frames.hpp"
#include "process/setup.hpp"

#include <weft/process/call.hpp>
#include <weft/process/remote_exception.hpp>
#include <weft/process/remote_task.hpp>
#include <weft/process/this_worker.hpp>

#include <atomic>
#include <cstdio>
#include <cstring>
#include <string>
#include <unistd.h>

namespace weft {
namespace detail {
namespace {

// Written once by the worker's first thread before any task, read by anyone.
std::atomic<bool> is_worker = false;

// Written by the worker's main loop before each task, read by the task's thread.
std::string& running_place() {
  static auto& place = *new std::string;
  return place;
}

class worker {
 public:
  explicit worker(int channel) : channel_(channel) {}

  /// Returns when the channel has closed or said leave.
  void serve() {
    while (true) {
      std::vector<descriptor>* gifts = set_up_ ? nullptr : &descriptors_;
      if (reader_.fill(channel_, 0, gifts) != io_result::done) return;
      while (auto message = reader_.next()) {
        if (!handle(*message)) return;
      }
    }
  }

 private:
  bool handle(const frame& message) {
    switch (message.header.kind) {
      case frame_kind::setup:
        return set_up(message);
      case frame_kind::initialize:
        return run(message, frame_kind::ready, frame_kind::init_failed);
      case frame_kind::task:
        return run(message, frame_kind::result, frame_kind::failure);
      default:
        return false;
    }
  }

  bool set_up(const frame& message) {
    begin_answer();
    set_up_ = true;
    try {
      apply_setup(message.payload, descriptors_);
    } catch (...) {
      encode_exception(out_, std::current_exception(), process_name_ + "start");
      return send(frame_kind::init_failed, 0);
    }
    return message.header.task == initializer_follows || send(frame_kind::ready, 0);
  }

  /// Makes the call of the message and answers with its outcome.
  bool run(const frame& message, frame_kind good, frame_kind bad) {
    begin_answer();
    frame_kind kind = good;
    decoder in(message.payload);
    try {
      const auto name = in.take(in.read_value<std::uint32_t>());
      std::string& where = running_place();
      where = process_name_ + (bad == frame_kind::init_failed ? "initializer" : "task " + std::to_string(message.header.task));
      if (!name.empty()) where.append(" (").append(reinterpret_cast<const char*>(name.data()), name.size()).append(")");
      run_call(in, out_);
    } catch (...) {
      out_.truncate(sizeof(frame_header));
      kind = bad;
      encode_exception(out_, std::current_exception(), running_place());
    }
    std::fflush(stdout);
    return send(kind, message.header.task);
  }

  /// Leaves room for the header.
  void begin_answer() {
    out_.truncate(0);
    out_.extend(sizeof(frame_header));
  }

  /// Completes the header at the front of out_ and sends everything.
  bool send(frame_kind kind, std::uint64_t task) {
    frame_header header;
    header.kind = kind;
    header.task = task;
    header.length = out_.size() - sizeof header;
    auto bytes = out_.bytes();
    std::memcpy(const_cast<std::byte*>(bytes.data()), &header, sizeof header);
    while (!bytes.empty()) {
      const long sent = send_message(channel_, bytes, {});
      if (sent < 0) return false;
      bytes = bytes.subspan(static_cast<std::size_t>(sent));
    }
    constexpr std::size_t keep = 1024 * 1024;
    if (out_.size() > keep) out_ = encoder();
    return true;
  }

  int channel_;
  const std::string process_name_ = "worker process " + std::to_string(::getpid()) + ", ";
  bool set_up_ = false;
  std::vector<descriptor> descriptors_;
  frame_reader reader_;
  encoder out_;
};

}  // namespace

const std::string& place_of_running_task() { return running_place(); }

void run_worker(int channel) noexcept {
  is_worker = true;
  // An exception that leaves here is a bug of ours: std::terminate, and the manager reports SIGABRT.
  worker(channel).serve();
  std::fflush(nullptr);
  ::_exit(0);
}

}  // namespace detail

bool in_worker_process() noexcept { return detail::is_worker; }

}  // namespace weft

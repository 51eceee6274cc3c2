// How a task waits for many others without a thread: what when_any() and when_all() stand on.
//
// Unlike a continuation it does not keep its owner alive: an owner that nobody holds any more is destroyed, and takes
// its links out of what it waited for.
//
// Protocol
// 1. attach() puts one link into each source, in order.
// 2. The end of a source keeps the owner if it still can, counts itself, and only then tells the owner, which may run
//    foreign code. Without the owner the count is the last access.
// 3. Whoever ends the owner, by an outcome or a cancel, calls detach() once attach() is over: the links that have not
//    been called yet are taken out. The destructor waits out those that are between the two halves of step 2.
#pragma once

#include <weft/base/export.hpp>
#include <weft/future/detail/continuation.hpp>
#include <weft/sync/mutex.hpp>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace weft::detail {

/// **Thread safety**: attach() by the owner's maker; detach() and help() from any thread.
class WEFT_EXPORT gathering {
 public:
  /// Called for each source that has ended, by whoever ended it or by attach().
  using ended_function = void (*)(task& owner, std::size_t position) noexcept;

  /// The owner holds a handle of each source until detach() has returned.
  gathering(task& owner, const std::vector<task*>& sources, ended_function ended);
  gathering(const gathering&) = delete;
  gathering& operator=(const gathering&) = delete;
  ~gathering();

  /// Stops early when the owner is no longer pending.
  void attach() noexcept;
  void detach() noexcept;
  /// Runs the sources here that the calling thread may run, until the owner is done.
  bool help(waiter who);

 private:
  struct entry : link {
    gathering* of = nullptr;
    task* source = nullptr;
    bool linked = false;
  };
  static void fired(link& self, task& ended) noexcept;
  kept<task> keep_source(std::size_t position) noexcept;

  task& owner_;
  const ended_function ended_;
  // `linked` belongs to attach(), then to detach(), then to the destructor.
  std::vector<entry> entries_;
  // Written by ended sources, read by the destructor.
  atom<std::uint64_t> fired_{0};
  mutex lock_;
  bool detached_ WEFT_GUARDED_BY(lock_) = false;
};

}  // namespace weft::detail

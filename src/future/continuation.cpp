#include <weft/future/detail/continuation.hpp>

namespace weft::detail {

continuation::continuation(task& owner) noexcept : owner_(owner) { fire = &continuation::fired; }

void continuation::follow(task& awaited, step when_done) noexcept {
  owner_.add_keeper();
  next_ = when_done;
  bool waits = false;
  {
    // Under the lock, so that nobody withdraws a link that is not yet there.
    const auto handle = awaited_.lock();
    *handle = &awaited;
    waits = awaited.add_link(*this);
  }
  if (!waits) fired(*this, awaited);
}

void continuation::fired(link& self, task& /*ended*/) noexcept {
  auto& mine = static_cast<continuation&>(self);
  task& owner = mine.owner_;
  mine.next_(owner);
  owner.drop_keeper();
}

task* continuation::take() noexcept { return std::exchange(*awaited_.lock(), nullptr); }

void continuation::withdraw(bool cancels) noexcept {
  task* const awaited = take();
  if (awaited == nullptr) return;
  const bool taken_out = awaited->remove_link(*this);
  if (cancels) awaited->cancel();
  awaited->drop_handle();
  if (taken_out) owner_.drop_keeper();
}

kept<task> continuation::keep_awaited() noexcept {
  const auto handle = awaited_.lock();
  if (*handle != nullptr) (*handle)->add_keeper();
  return kept<task>::adopt(*handle);
}

bool continuation::cancel_awaited() noexcept {
  const kept<task> awaited = keep_awaited();
  return awaited && awaited->cancel();
}

bool continuation::help(waiter who) {
  const kept<task> awaited = keep_awaited();
  if (!awaited || !awaited->help(who)) return false;
  run_deferred_callbacks();
  return true;
}

}  // namespace weft::detail

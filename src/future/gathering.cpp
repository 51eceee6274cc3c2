#include <weft/future/detail/gathering.hpp>

#include <algorithm>

namespace weft::detail {

gathering::gathering(task& owner, const std::vector<task*>& sources, ended_function ended)
    : owner_(owner), ended_(ended), entries_(sources.size()) {
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    entries_[i].fire = &gathering::fired;
    entries_[i].of = this;
    entries_[i].source = sources[i];
  }
}

gathering::~gathering() {
  detach();
  const auto expected = static_cast<std::uint64_t>(std::ranges::count_if(entries_, &entry::linked));
  for (unsigned round = 0; fired_.load() != expected; ++round) spin_pause(round);
}

void gathering::attach() noexcept {
  for (std::size_t i = 0; i < entries_.size() && owner_.state() == task_state::pending; ++i) {
    entries_[i].linked = entries_[i].source->add_link(entries_[i]);
    if (!entries_[i].linked) ended_(owner_, i);
  }
}

void gathering::detach() noexcept {
  {
    const scoped_lock held(lock_);
    if (detached_) return;
    detached_ = true;
  }
  for (entry& each : entries_) {
    if (each.linked && each.source->remove_link(each)) each.linked = false;
  }
}

void gathering::fired(link& self, task& /*ended*/) noexcept {
  const auto& mine = static_cast<entry&>(self);
  gathering& all = *mine.of;
  task& owner = all.owner_;
  const auto position = static_cast<std::size_t>(&mine - all.entries_.data());
  const bool kept_alive = owner.try_add_keeper();
  all.fired_.fetch_add(1);
  if (!kept_alive) return;
  all.ended_(owner, position);
  owner.drop_keeper();
}

kept<task> gathering::keep_source(std::size_t position) noexcept {
  const scoped_lock held(lock_);
  if (detached_) return kept<task>::adopt(nullptr);
  return kept<task>(*entries_[position].source);
}

bool gathering::help(waiter who) {
  for (std::size_t i = 0; i < entries_.size() && !owner_.done(); ++i) {
    const kept<task> source = keep_source(i);
    if (!source) break;
    if (source->help(who)) run_deferred_callbacks();
  }
  return owner_.done();
}

}  // namespace weft::detail

#include "schedule/trace.hpp"

#include <algorithm>
#include <cstdarg>
#include <cstdio>
#include <utility>

namespace weft::schedule {
namespace {

// "sync/mutex.hpp" of "/home/somebody/weft/include/weft/sync/mutex.hpp".
const char* short_name(const char* path) noexcept {
  const char* folder = path;
  const char* file = path;
  for (const char* at = path; *at != '\0'; ++at) {
    if (*at == '/') folder = std::exchange(file, at + 1);
  }
  return folder;
}

const char* verb(action what) noexcept {
  switch (what) {
    case action::load:
      return "load";
    case action::store:
      return "store";
    case action::exchange:
      return "exchange";
    case action::compare:
      return "compare";
    case action::fetch:
      return "fetch";
    case action::park:
      return "park";
    case action::unpark:
      return "unpark";
    case action::pause:
      return "pause";
    case action::start:
      return "start";
    case action::join:
      return "join";
    case action::end:
      return "end";
    case action::time_out:
      return "time is over";
    case action::wake_for_nothing:
      return "wakes for nothing";
  }
  return "?";
}

}  // namespace

void report::add(const char* format, ...) noexcept {
  std::va_list arguments;
  va_start(arguments, format);
  const std::size_t room = buffer_.size() - used_;
  const int length = std::vsnprintf(buffer_.data() + used_, room, format, arguments);
  va_end(arguments);
  if (length > 0) used_ = std::min(used_ + static_cast<std::size_t>(length), buffer_.size() - 1);
}

// Addresses by the order in which they were asked for.
class trace::names {
 public:
  unsigned operator()(const void* address) noexcept {
    const auto end = known_.begin() + count_;
    const auto at = std::find(known_.begin(), end, address);
    if (at == end && count_ < known_.size()) known_[count_++] = address;
    return static_cast<unsigned>(at - known_.begin()) + 1;
  }

 private:
  std::array<const void*, 256> known_{};
  unsigned count_ = 0;
};

std::array<trace::entry, trace::capacity> trace::ring_;

void trace::add(std::uint64_t step, unsigned thread, const operation& what) noexcept {
  ring_[added_++ % capacity] = {.step = step, .thread = thread, .what = what};
}

void trace::note(std::uint64_t seen, bool done) noexcept {
  entry& last = ring_[(added_ - 1) % capacity];
  last.seen = seen;
  last.done = done;
  last.noted = true;
}

void trace::write(report& to, std::size_t count) const noexcept {
  names known;
  const std::uint64_t shown = std::min<std::uint64_t>({count, added_, capacity});
  for (std::uint64_t i = added_ - shown; i < added_; ++i) write(to, ring_[i % capacity], known);
}

void trace::write(report& to, const entry& each, names& known) noexcept {
  const operation& what = each.what;
  to.add("%7llu  T%u  %-8s", static_cast<unsigned long long>(each.step), each.thread, verb(what.what));
  const auto value = [&](const char* word, std::uint64_t number) {
    if (what.on_pointers && number != 0) {
      to.add(" %s o%u", word, known(reinterpret_cast<const void*>(number)));
    } else {
      to.add(" %s %#llx", word, static_cast<unsigned long long>(number));
    }
  };
  if (what.what >= action::pause) {
    to.add("\n");
    return;
  }
  if (what.what == action::start || what.what == action::join) {
    to.add(" T%llu\n", static_cast<unsigned long long>(what.operand));
    return;
  }
  to.add(" o%-3u", known(what.object));
  if (what.what != action::load) value(what.what == action::park ? "while" : "with", what.operand);
  if (each.noted && what.what != action::park) value(what.what == action::unpark ? "woke" : "saw", each.seen);
  if (each.noted && !each.done) to.add(what.what == action::park ? " refused" : " failed");
  if (what.what != action::park && what.what != action::unpark) {
    to.add("  %s:%u", short_name(what.where.file_name()), what.where.line());
  }
  to.add("\n");
}

}  // namespace weft::schedule

#include <weft/sync/detail/wait_list.hpp>

namespace weft::detail {

void wait_list::append(wait_node& node) noexcept {
  node.previous = last_;
  node.next = nullptr;
  node.linked = true;
  (last_ != nullptr ? last_->next : first_) = &node;
  last_ = &node;
}

void wait_list::unlink(wait_node& node) noexcept {
  (node.previous != nullptr ? node.previous->next : first_) = node.next;
  (node.next != nullptr ? node.next->previous : last_) = node.previous;
  node.next = nullptr;
  node.linked = false;
}

wait_node* wait_list::take(std::size_t count) noexcept {
  wait_node* chain = nullptr;
  wait_node** tail = &chain;
  while (count-- != 0 && first_ != nullptr) {
    wait_node& node = *first_;
    unlink(node);
    *tail = &node;
    tail = &node.next;
  }
  return chain;
}

bool wait_list::wait(wait_node& node, mutex& guard, const deadline& until) noexcept {
  while (node.signal.load() == 0) {
    if (park(node.signal, 0, until) != park_result::timed_out) continue;
    {
      const scoped_lock held(guard);
      if (node.linked) {
        unlink(node);
        return false;
      }
    }
    while (node.signal.load() == 0) park(node.signal, 0);
  }
  return true;
}

void wait_list::wake(wait_node* chain) noexcept {
  while (chain != nullptr) {
    wait_node* const next = chain->next;  // read before the store: the waiter's stack may unwind after it
    chain->signal.store(1);
    unpark(&chain->signal, 1);
    chain = next;
  }
}

}  // namespace weft::detail

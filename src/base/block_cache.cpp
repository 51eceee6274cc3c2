#include <weft/base/block_cache.hpp>

#include <array>
#include <cstdint>
#include <cstring>
#include <weft/base/detail/atom.hpp>

#if defined(__SANITIZE_ADDRESS__)
#define WEFT_CACHE_BLOCKS false
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define WEFT_CACHE_BLOCKS false
#endif
#endif
#ifndef WEFT_CACHE_BLOCKS
#define WEFT_CACHE_BLOCKS true
#endif

namespace weft::detail {
namespace {

constexpr std::size_t class_bytes = 16;
constexpr std::size_t classes = largest_cached_block / class_bytes;
constexpr std::size_t packet_blocks = 32;
constexpr std::size_t magazine_blocks = 2 * packet_blocks;
constexpr std::uint32_t packets_a_class = 64;
// Packets are numbered from 1, so that memory that is all zero is a depot with nothing in it.
constexpr std::uint32_t no_packet = 0;

std::size_t class_of(std::size_t bytes) noexcept { return (bytes - 1) / class_bytes; }

struct packet {
  // Owned by whoever took the packet off a stack.
  std::array<void*, packet_blocks> blocks;
  // Written by the owner before the packet goes onto a stack; read by others, who believe it only if their exchange of
  // the head succeeds.
  atom<std::uint32_t> next;
};

// A stack of packets: the number of the first in the low half, a counter of exchanges in the high half.
class packet_stack {
 public:
  std::uint32_t pop(packet* packets) noexcept {
    std::uint64_t seen = head_.load();
    while (true) {
      const auto first = static_cast<std::uint32_t>(seen);
      if (first == no_packet) return no_packet;
      const std::uint32_t next = packets[first].next.load();
      if (head_.compare_exchange_weak(seen, head_of(next, seen))) return first;
    }
  }
  void push(packet* packets, std::uint32_t number) noexcept {
    std::uint64_t seen = head_.load();
    do {
      packets[number].next.store(static_cast<std::uint32_t>(seen));
    } while (!head_.compare_exchange_weak(seen, head_of(number, seen)));
  }

 private:
  static std::uint64_t head_of(std::uint32_t number, std::uint64_t before) noexcept {
    return (((before >> 32) + 1) << 32) | number;
  }
  // Written by every pop and push; the exchange of a push pairs with that of the pop that takes the packet.
  atom<std::uint64_t> head_{0};
};

struct alignas(64) depot {
  std::array<packet, packets_a_class + 1> packets;  // the first is never used
  packet_stack full;
  packet_stack empty;
  // How many packets have ever been used; a thread that finds no empty one takes the next.
  atom<std::uint32_t> used{0};

  std::uint32_t take_empty() noexcept {
    const std::uint32_t number = empty.pop(packets.data());
    if (number != no_packet || used.load() >= packets_a_class) return number;
    const std::uint32_t fresh = used.fetch_add(1) + 1;
    return fresh <= packets_a_class ? fresh : no_packet;
  }
};

struct magazine {
  std::size_t count;
  std::array<void*, magazine_blocks> blocks;
};

enum class thread_phase : std::uint8_t { fresh, caching, gone };

struct thread_magazines {
  std::array<magazine, classes> of_class;
  thread_phase phase;
};

// Never destroyed: static objects may free their blocks during static destruction.
constinit std::array<depot, classes> depots{};
// Without a constructor and a destructor, so that it can be used at any time of a thread's life.
constinit thread_local thread_magazines mine{};

// Moves the oldest blocks of a magazine to the depot, or frees them.
void give_away(magazine& from, std::size_t class_index, std::size_t count) noexcept {
  depot& store = depots[class_index];
  const std::uint32_t number = count == packet_blocks ? store.take_empty() : no_packet;
  if (number != no_packet) {
    std::memcpy(store.packets[number].blocks.data(), from.blocks.data(), sizeof store.packets[number].blocks);
    store.full.push(store.packets.data(), number);
  } else {
    for (std::size_t i = 0; i < count; ++i) ::operator delete(from.blocks[i]);
  }
  from.count -= count;
  std::memmove(from.blocks.data(), from.blocks.data() + count, from.count * sizeof(void*));
}

// Step 3: constructed once in each thread that caches.
struct end_guard {
  end_guard() noexcept { mine.phase = thread_phase::caching; }
  end_guard(const end_guard&) = delete;
  end_guard& operator=(const end_guard&) = delete;
  ~end_guard() {
    mine.phase = thread_phase::gone;
    for (std::size_t i = 0; i < classes; ++i) {
      magazine& each = mine.of_class[i];
      while (each.count >= packet_blocks) give_away(each, i, packet_blocks);
      give_away(each, i, each.count);
    }
  }
};

bool may_cache() noexcept {
  if (mine.phase == thread_phase::fresh) {
    thread_local const end_guard guard;
  }
  return mine.phase == thread_phase::caching;
}

void* allocate_slowly(std::size_t class_index) {
  if (may_cache()) {
    depot& store = depots[class_index];
    const std::uint32_t number = store.full.pop(store.packets.data());
    if (number != no_packet) {
      magazine& own = mine.of_class[class_index];
      std::memcpy(own.blocks.data(), store.packets[number].blocks.data(), sizeof store.packets[number].blocks);
      store.empty.push(store.packets.data(), number);
      own.count = packet_blocks;
      return own.blocks[--own.count];
    }
  }
  return ::operator new((class_index + 1) * class_bytes);
}

}  // namespace

void* allocate_block(std::size_t bytes) {
  if (!WEFT_CACHE_BLOCKS || bytes > largest_cached_block) return ::operator new(bytes);
  const std::size_t class_index = class_of(bytes);
  magazine& own = mine.of_class[class_index];
  if (own.count == 0) return allocate_slowly(class_index);
  return own.blocks[--own.count];
}

void free_block(void* block, std::size_t bytes) noexcept {
  if (!WEFT_CACHE_BLOCKS || bytes > largest_cached_block) {
    ::operator delete(block);
    return;
  }
  const std::size_t class_index = class_of(bytes);
  magazine& own = mine.of_class[class_index];
  if (mine.phase != thread_phase::caching && !may_cache()) {
    ::operator delete(block);
    return;
  }
  if (own.count == magazine_blocks) give_away(own, class_index, packet_blocks);
  own.blocks[own.count++] = block;
}

}  // namespace weft::detail

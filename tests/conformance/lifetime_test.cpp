// OWN lines about objects whose users are still inside a call, or that must not move.
#include "conformance/fenced.hpp"
#include "support/random.hpp"
#include "support/threads.hpp"

#include <weft/weft.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <thread>
#include <type_traits>

namespace {

using namespace std::chrono_literals;
using weft::test::fenced;

constexpr auto plenty = 30s;

template <class T>
constexpr bool immovable = !std::is_move_constructible_v<T> && !std::is_move_assignable_v<T> && !std::is_swappable_v<T>;

// Tasks keep the address of nothing that could move away under them.
TEST(Lifetime, OWN_4_ExecutorsAndWhatThreadsWaitOnAreImmovable) {
  static_assert(immovable<weft::thread_pool_executor>);
  static_assert(immovable<weft::mutex>);
  static_assert(immovable<weft::condition>);
  static_assert(immovable<weft::event>);
  static_assert(immovable<weft::semaphore>);
  static_assert(immovable<weft::queue<int>>);
}

// OWN-5. One thread waits on an object, is woken, and destroys it at once; the other is perhaps still inside the call
// that woke it. `wait` and `wake` are given the object.
template <class T, class Make, class Wait, class Wake>
void destroyed_by_the_woken(Make make, Wait wait, Wake wake) {
  constexpr int rounds = 3000;
  std::atomic<fenced<T>*> shared{nullptr};
  std::atomic<bool> waiting{false};
  std::atomic<bool> over{false};
  std::jthread woken([&] {
    while (!over) {
      fenced<T>* const object = shared.load();
      if (object == nullptr) {
        std::this_thread::yield();
        continue;
      }
      waiting = true;
      wait(**object);
      object->destroy();
      shared = nullptr;
    }
  });
  weft::test::random_source random(20);
  for (int round = 0; round < rounds; ++round) {
    const std::unique_ptr<fenced<T>> object = make();
    waiting = false;
    shared = object.get();
    while (!waiting) std::this_thread::yield();
    weft::test::busy(random.below(random.one_in(4) ? 100'000 : 1'000));
    wake(**object);
    ASSERT_TRUE(weft::test::eventually([&] { return shared == nullptr; }));
  }
  over = true;
}

template <class T>
std::unique_ptr<fenced<T>> make_one() {
  return std::make_unique<fenced<T>>();
}

TEST(Lifetime, OWN_5_AnEventMayBeDestroyedByTheThreadItWoke) {
  destroyed_by_the_woken<weft::event>(
      make_one<weft::event>, [](weft::event& e) { EXPECT_TRUE(e.wait(plenty)); }, [](weft::event& e) { e.set(); });
}

TEST(Lifetime, OWN_5_ASemaphoreMayBeDestroyedByTheThreadItWoke) {
  destroyed_by_the_woken<weft::semaphore>([] { return std::make_unique<fenced<weft::semaphore>>(0); },
                                          [](weft::semaphore& s) { EXPECT_TRUE(s.acquire(plenty)); },
                                          [](weft::semaphore& s) { s.release(); });
}

TEST(Lifetime, OWN_5_AQueueMayBeDestroyedByTheThreadThatGotItsItem) {
  destroyed_by_the_woken<weft::queue<int>>(
      make_one<weft::queue<int>>, [](weft::queue<int>& q) { EXPECT_EQ(q.get(plenty), 7); },
      [](weft::queue<int>& q) { q.put(7); });
}

TEST(Lifetime, OWN_5_ALockMayBeDestroyedByTheThreadThatGotIt) {
  const auto make = [] {
    auto taken = make_one<weft::mutex>();
    (*taken)->lock();
    return taken;
  };
  const auto wait = [](weft::mutex& m) {
    m.lock();
    m.unlock();
  };
  destroyed_by_the_woken<weft::mutex>(make, wait, [](weft::mutex& m) { m.unlock(); });
}

TEST(Lifetime, OWN_5_AConditionAndItsLockMayBeDestroyedByTheThreadThatWasNotified) {
  struct monitor {
    weft::mutex lock;
    weft::condition changed{lock};
    bool flag = false;
  };
  const auto wait = [](monitor& m) {
    const weft::scoped_lock held(m.lock);
    EXPECT_TRUE(m.changed.wait_for([&] { return m.flag; }, plenty));
  };
  const auto wake = [](monitor& m) {
    const weft::scoped_lock held(m.lock);
    m.flag = true;
    m.changed.notify();
  };
  destroyed_by_the_woken<monitor>(make_one<monitor>, wait, wake);
}

}  // namespace

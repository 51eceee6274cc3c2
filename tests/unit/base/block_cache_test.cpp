// The block cache: what is given away on one thread comes back on another, and nothing is given out twice.
#include <weft/base/block_cache.hpp>

#include <gtest/gtest.h>

#include <cstring>
#include <set>
#include <thread>
#include <vector>

namespace {

using weft::detail::allocate_block;
using weft::detail::free_block;
using weft::detail::largest_cached_block;

TEST(BlockCache, BlocksOfEverySizeAreWritableAndApart) {
  for (std::size_t bytes = 1; bytes <= largest_cached_block + 16; ++bytes) {
    std::vector<void*> blocks;
    for (int i = 0; i < 100; ++i) {
      blocks.push_back(allocate_block(bytes));
      std::memset(blocks.back(), i, bytes);
    }
    for (int i = 0; i < 100; ++i) {
      const auto* const first = static_cast<unsigned char*>(blocks[static_cast<std::size_t>(i)]);
      for (std::size_t at = 0; at < bytes; ++at) ASSERT_EQ(first[at], i) << bytes << " bytes";
    }
    for (void* each : blocks) free_block(each, bytes);
  }
}

TEST(BlockCache, BlocksThatCrossThreadsAreNeverGivenOutTwice) {
  constexpr std::size_t bytes = 80;
  for (int round = 0; round < 20; ++round) {
    std::vector<void*> made(5000);
    for (void*& each : made) each = allocate_block(bytes);
    // Each half is freed on a thread of its own, which then ends: what it had kept is given away.
    std::jthread([&] {
      for (std::size_t i = 0; i < made.size(); i += 2) free_block(made[i], bytes);
    }).join();
    std::jthread([&] {
      for (std::size_t i = 1; i < made.size(); i += 2) free_block(made[i], bytes);
    }).join();
    std::set<void*> seen;
    std::vector<void*> again(5000);
    for (void*& each : again) {
      each = allocate_block(bytes);
      ASSERT_TRUE(seen.insert(each).second);
    }
    for (void* each : again) free_block(each, bytes);
  }
}

TEST(BlockCache, ManyThreadsAllocateAndFreeAtTheSameTime) {
  std::vector<std::jthread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([t] {
      std::vector<unsigned char*> mine;
      for (int i = 0; i < 20'000; ++i) {
        auto* const block = static_cast<unsigned char*>(allocate_block(64));
        *block = static_cast<unsigned char>(t);
        mine.push_back(block);
        if (mine.size() == 200) {
          for (auto* each : mine) {
            ASSERT_EQ(*each, t);
            free_block(each, 64);
          }
          mine.clear();
        }
      }
      for (auto* each : mine) free_block(each, 64);
    });
  }
}

// A thread-local that is destroyed after the thread's magazines are gone still frees its blocks.
TEST(BlockCache, AThreadLocalMayFreeAfterTheCacheIsGone) {
  struct late {
    void* block = nullptr;
    ~late() {
      if (block == nullptr) return;
      free_block(block, 32);
      free_block(allocate_block(32), 32);
    }
  };
  std::jthread([] {
    static thread_local late first;  // made before the cache's own guard, so destroyed after it
    first.block = nullptr;
    free_block(allocate_block(32), 32);
    first.block = allocate_block(32);
  }).join();
}

}  // namespace

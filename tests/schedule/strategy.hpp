// Who runs next: a generator with a seed and two ways to use it. Everything that differs from run to run is drawn from
// the seed here, so a seed is a run.
//
// random walk   at each step, with a probability drawn for the run, any thread that can run is chosen, all alike; else
//               the one that ran goes on. Finds what many small mixtures show.
// priorities    each thread has a random priority and the highest that can run runs; at a few random choices the
// running
//               thread falls below all others. Finds what one unlucky long delay shows: a defect that needs d such
//               delays is found with a probability of at least 1 / (threads * choices^(d - 1)) a run.
// Source: Burckhardt, Kothari, Musuvathi and Nagarakatte, "A Randomized Scheduler with Probabilistic Guarantees of
// Finding Bugs", ASPLOS 2010. As there, the length of a run is measured by a first one.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace weft::schedule {

/// SplitMix64 (Steele, Lea and Flood, "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014).
class generator {
 public:
  explicit generator(std::uint64_t seed) noexcept : state_(seed) {}
  std::uint64_t next() noexcept;
  /// Any of 0 to bound - 1, all alike (but for a bias far below what matters here).
  std::size_t below(std::size_t bound) noexcept { return static_cast<std::size_t>(next() % bound); }
  /// True once in `times`, on average.
  bool once_in(std::size_t times) noexcept { return below(times) == 0; }

 private:
  std::uint64_t state_;
};

/// What the strategy keeps for a thread.
struct standing {
  std::int64_t priority = 0;  ///< higher runs first; only the priorities use it
  bool yields = false;        ///< has just paused in a spin: let others go first
  unsigned sprint = 0;        ///< pauses that it may still make without being interrupted
};

class strategy {
 public:
  /// `choices`: about how many a run of this program makes.
  strategy(std::uint64_t seed, std::uint64_t choices) noexcept;

  const char* name() const noexcept { return by_priority_ ? "priorities" : "random walk"; }

  void admit(standing& fresh) noexcept;
  /// `self` spins. Others go first, as nothing changes while it runs; but sometimes it spins on until it gives up, so
  /// that the sleep after the spin is seen while others are in the middle of something.
  void pauses(standing& self) noexcept;
  /// The one of `ready` (never empty) to run; `running` has run last and may not be among them.
  std::size_t choose(std::span<standing* const> ready, standing& running) noexcept;
  /// In the second half of the bound on steps: the fair walk, so that only what ends under no schedule has no end.
  void be_fair() noexcept {
    by_priority_ = false;
    switches_once_in_ = 1;
  }

  /// A sleeper is to wake for no reason or because its time is over. Rare: it can hide a lost wake-up.
  bool disturbs() noexcept;
  /// A weak compare-and-exchange is to fail.
  bool fails_weakly() noexcept;

  generator& random() noexcept { return random_; }
  std::uint64_t choices() const noexcept { return choices_; }

 private:
  static constexpr std::size_t most_changes = 4;

  generator random_;
  bool by_priority_;
  std::size_t switches_once_in_;
  std::size_t disturbances_left_;
  std::size_t weak_failures_left_;
  std::uint64_t choices_ = 0;                          // made so far, between two threads or more
  std::array<std::uint64_t, most_changes> changes_{};  // choices at which the running thread falls; 0: none
  std::int64_t lowest_ = 0;                            // the lowest priority given so far
};

}  // namespace weft::schedule

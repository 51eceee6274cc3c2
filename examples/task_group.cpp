// Fork and join: a task splits its work, does one half itself and waits for the other one.
#include <weft/weft.hpp>

#include <cstdio>
#include <numeric>
#include <span>
#include <vector>

namespace {

// [sum]
long sum(std::span<const int> numbers) {
  if (numbers.size() <= 1000) return std::accumulate(numbers.begin(), numbers.end(), 0L);
  const std::size_t half = numbers.size() / 2;
  long left = 0;           // before the group: its tasks write to it
  weft::task_group tasks;  // on the executor that runs this task
  tasks.run([&] { left = sum(numbers.first(half)); });
  const long right = sum(numbers.subspan(half));
  tasks.wait();  // runs what nobody has taken, and rethrows the first error
  return left + right;
}
// [/sum]

}  // namespace

int main() {
  std::vector<int> numbers(100'000);
  std::iota(numbers.begin(), numbers.end(), 1);
  weft::thread_pool_executor pool{{.max_workers = 2}};
  const long total = pool.submit([&] { return sum(numbers); }).result();
  std::printf("%ld\n", total);
  return total == 5'000'050'000 ? 0 : 1;
}

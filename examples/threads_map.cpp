// One call for each item, on threads, results in input order: Python's ThreadPoolExecutor.map.
#include <weft/weft.hpp>

#include <chrono>
#include <cstdio>
#include <string>
#include <vector>

using namespace std::chrono_literals;

namespace {

std::size_t letters(const std::string& word) { return word.size(); }

}  // namespace

int main() {
  const std::vector<std::string> words{"warp", "and", "weft"};
  std::size_t total = 0;
  // [map]
  weft::thread_pool_executor pool{{.max_workers = 8}};
  for (auto length : pool.map(letters, words, {.timeout = 10s})) {
    total += length;
  }
  // [/map]
  std::printf("%zu letters\n", total);
  return total == 11 ? 0 : 1;
}

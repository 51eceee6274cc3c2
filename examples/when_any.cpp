// Ask several, take the first answer, and call off the rest: when_any.
#include <weft/weft.hpp>

#include <chrono>
#include <cstdio>
#include <string>
#include <vector>

using namespace std::chrono_literals;

int main() {
  weft::event slow_may_answer;
  weft::thread_pool_executor pool{{.max_workers = 2}};
  const auto ask = [&](const std::string& mirror) {
    if (mirror == "slow") slow_may_answer.wait(10s);
    return "answer of " + mirror;
  };
  // [when_any]
  std::vector<weft::future<std::string>> answers;
  for (const char* mirror : {"slow", "quick", "never asked"}) answers.push_back(pool.submit(ask, mirror));

  weft::future<weft::when_any_result<std::string>> first =
      weft::when_any(answers, {.losers = weft::losers::cancel});  // those that have not started
  const auto& [index, winner] = first.result(10s);
  std::printf("mirror %zu: %s\n", index, winner.result().c_str());
  // [/when_any]
  slow_may_answer.set();
  // [when_all]
  const auto& all = weft::when_all(answers).result(10s);  // done, failed or cancelled: all of them
  // [/when_all]
  return winner.done() && index != 0 && all.size() == 3 ? 0 : 1;
}

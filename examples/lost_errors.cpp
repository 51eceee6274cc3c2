// Errors that no caller receives go to one hook, with the name of the task.
#include <weft/weft.hpp>

#include <cstdio>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

void fail() { throw std::runtime_error("no connection"); }

}  // namespace

int main() {
  std::vector<std::string> log;
  // [hook]
  weft::set_error_hook(
      [&](const weft::lost_error& lost) { log.push_back(std::string(lost.task) + ": " + weft::describe(lost.error)); });
  weft::thread_pool_executor pool{{.max_workers = 1}};
  pool.post({.name = "mail"}, fail);  // nobody can ask
  {
    const auto dropped = pool.submit({.name = "report"}, fail);
  }  // nobody has asked
  pool.shutdown();
  // [/hook]
  weft::set_error_hook({});  // the default again: a line on standard error
  for (const auto& line : log) std::printf("%s\n", line.c_str());
  return log == std::vector<std::string>{"mail: std::runtime_error: no connection",
                                         "report: std::runtime_error: no connection"}
             ? 0
             : 1;
}

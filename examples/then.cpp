// What comes after a task, without a thread that waits for it: then().
#include <weft/weft.hpp>

#include <chrono>
#include <cstdio>
#include <stdexcept>
#include <string>

using namespace std::chrono_literals;

namespace {

std::string fetch(const std::string& url) {
  if (url.empty()) throw std::invalid_argument("no address");
  return "<title>" + url + "</title>";
}

}  // namespace

int main() {
  weft::thread_pool_executor io{{.max_workers = 8}};
  weft::thread_pool_executor cpu{{.max_workers = 2}};
  // [then]
  weft::future<std::size_t> length =
      io.submit(fetch, "https://example.org/")
          .then(cpu, [](const std::string& page) { return page.substr(7, page.size() - 15); })  // on the other pool
          .then([](const std::string& title) { return title.size(); });  // where the one before ended: keep it short
  // [/then]
  // [errors]
  // An error passes by those who take the value, and reaches the first who takes the future.
  weft::future<std::string> safe =
      io.submit(fetch, "")
          .then([](std::string page) { return page + "!"; })
          .then([](const weft::future<std::string>& page) { return page.exception() ? "failed" : page.result(); });
  // [/errors]
  // [unwrap]
  // A callable that returns a future: the result is that future's.
  weft::future<std::string> second =
      io.submit(fetch, "first").then([&io](const std::string& page) { return io.submit(fetch, page.substr(7, 5)); });
  // [/unwrap]
  std::printf("%zu %s %s\n", length.result(10s), safe.result(10s).c_str(), second.result(10s).c_str());
  return length.result() == 20 && safe.result() == "failed" && second.result() == "<title>first</title>" ? 0 : 1;
}

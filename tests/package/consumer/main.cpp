// A program of somebody else that uses the installed package: threads and processes.
#include <weft/process/init.hpp>
#include <weft/process/process_pool_executor.hpp>
#include <weft/weft.hpp>

namespace {

int doubled(int x) { return 2 * x; }

}  // namespace

int main(int argc, char** argv) {
  weft::init(argc, argv);
  weft::thread_pool_executor threads{{.max_workers = 1}};
  weft::process_pool_executor processes{{.max_workers = 1}};
  return threads.submit(doubled, 21).result() == 42 && processes.submit(doubled, 21).result() == 42 ? 0 : 1;
}

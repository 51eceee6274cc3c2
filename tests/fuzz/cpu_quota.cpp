// The text of a cgroup's cpu.max comes from outside: any text gives a positive finite quota or none.
#include "base/cpu_quota.hpp"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {  // NOLINT(readability-identifier-naming)
  const auto quota = weft::detail::parse_cpu_max(std::string(data, data + size));
  if (quota && !(std::isfinite(*quota) && *quota > 0)) std::abort();
  return 0;
}

#include "process/fault_point.hpp"

#include <atomic>

namespace weft::detail {
namespace {

// Written by tests, read at each fault point.
std::atomic<fault_hook> hook = nullptr;

}  // namespace

void set_fault_hook(fault_hook replacement) noexcept { hook = replacement; }

void fault_point(const char* place) {
  if (const fault_hook present = hook.load(); present != nullptr) present(place);
}

}  // namespace weft::detail

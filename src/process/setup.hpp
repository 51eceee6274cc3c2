// What a worker takes over from the application at its start: standard descriptors, working directory, environment.
#pragma once

#include "process/descriptor.hpp"

#include <weft/process/bytes.hpp>

#include <span>
#include <vector>

namespace weft::detail {

/// Application side: taken once, when a pool is made, so that later starts see the same.
class worker_setup {
 public:
  /// **Errors**: std::system_error if the working directory cannot be opened.
  worker_setup();

  std::span<const std::byte> payload() const noexcept { return payload_.bytes(); }
  /// Standard descriptors as they are now, in the order in which the payload's mask names them.
  std::vector<int> descriptors() const;

 private:
  encoder payload_;
  unsigned standard_ = 0;
  descriptor directory_;
};

/// Worker side. **Errors**: transfer_error, std::system_error.
void apply_setup(std::span<const std::byte> payload, std::vector<descriptor>& descriptors);

}  // namespace weft::detail

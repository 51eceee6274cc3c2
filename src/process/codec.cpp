#include <weft/process/codec.hpp>

#include <string>

namespace weft::detail {

void throw_too_deep() {
  throw transfer_error("a value nests deeper than " + std::to_string(max_depth) + " objects and cannot cross");
}

void rethrow_as_transfer_error() {
  try {
    throw;
  } catch (const std::exception& cause) {
    throw transfer_error(std::string("malformed data: ") + cause.what());
  }
}

}  // namespace weft::detail

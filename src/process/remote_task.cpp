#include <weft/base/error.hpp>
#include <weft/process/remote_task.hpp>

#include <string>

namespace weft::detail {

std::exception_ptr undecodable_result() {
  std::string cause = "an exception of a type that is not std::exception's";
  try {
    throw;
  } catch (const std::exception& error) {
    cause = error.what();
  } catch (...) {  // NOLINT(bugprone-empty-catch): the text says it
  }
  return std::make_exception_ptr(transfer_error("the result could not be decoded: " + cause));
}

}  // namespace weft::detail

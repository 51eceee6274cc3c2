#include <weft/process/call.hpp>

#include <exception>
#include <string>

namespace weft::detail {
namespace {

std::string text_of_current() {
  try {
    throw;
  } catch (const std::exception& cause) {
    return cause.what();
  } catch (...) {
    return "an exception of a type that is not std::exception's";
  }
}

}  // namespace

void run_call(decoder& in, encoder& out) {
  const auto call = reinterpret_cast<trampoline>(read_function(in));
  call(in, out);
}

void throw_bad_argument(std::size_t number) {
  throw transfer_error("argument " + std::to_string(number) + " could not be decoded in the worker: " + text_of_current());
}

void throw_bad_result() { throw transfer_error("the result could not be encoded in the worker: " + text_of_current()); }

}  // namespace weft::detail

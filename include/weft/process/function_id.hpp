// Which function to call, as data: (build-id, offset in an executable segment, path as a hint).
// Addresses are no identity: a re-executed fork server has other ones, and the linker may fold equal functions. The
// identity names code, so two functions that were folded are one, which does not matter to a call.
#pragma once

#include <weft/base/export.hpp>
#include <weft/process/bytes.hpp>

#include <cstddef>
#include <span>
#include <string>

namespace weft::detail {

/// Any function, as an address of code.
using code_address = void (*)();

/// The identity of a function of this process, encoded. **Cost**: a walk over the loaded modules.
/// **Errors**: transfer_error if the address is not in a module's code, or its module has no build-id.
WEFT_EXPORT std::string identify_function(code_address function);

/// The function of this process that has the identity. Loads the module by its path if it is not loaded.
/// **Cost**: a hash lookup after the first time. **Thread safety**: any thread.
/// **Errors**: transfer_error if no module has that build-id, or the offset is not in its code.
WEFT_EXPORT code_address resolve_function(std::span<const std::byte> identity);

/// Appends an identity with its size.
WEFT_EXPORT void write_identity(encoder& out, const std::string& identity);
/// Reads an identity and finds its function here.
WEFT_EXPORT code_address read_function(decoder& in);

}  // namespace weft::detail

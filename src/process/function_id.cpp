// Source: dl_iterate_phdr(3); the GNU build-id note (binutils ld manual, --build-id).
#include <weft/base/error.hpp>
#include <weft/process/bytes.hpp>
#include <weft/process/function_id.hpp>

#include <dlfcn.h>
#include <elf.h>
#include <link.h>
#include <unistd.h>
#include <algorithm>
#include <climits>
#include <cstdint>
#include <cstring>
#include <mutex>
#include <optional>
#include <unordered_map>

namespace weft::detail {
namespace {

using build_id = std::string;

std::span<const ::ElfW(Phdr)> headers_of(const ::dl_phdr_info& module) { return {module.dlpi_phdr, module.dlpi_phnum}; }

/// The build-id in one PT_NOTE segment, or empty.
build_id find_note(const char* at, std::size_t size) {
  const auto aligned = [](std::size_t n) { return (n + 3) & ~std::size_t{3}; };
  while (size >= sizeof(::ElfW(Nhdr))) {
    ::ElfW(Nhdr) note{};
    std::memcpy(&note, at, sizeof note);
    const std::size_t name = sizeof note;
    const std::size_t content = name + aligned(note.n_namesz);
    const std::size_t end = content + aligned(note.n_descsz);
    if (end > size) return {};
    if (note.n_type == NT_GNU_BUILD_ID && note.n_namesz == 4 && std::memcmp(at + name, "GNU", 4) == 0) {
      return build_id(at + content, note.n_descsz);
    }
    at += end;
    size -= end;
  }
  return {};
}

build_id build_id_of(const ::dl_phdr_info& module) {
  for (const auto& header : headers_of(module)) {
    if (header.p_type != PT_NOTE) continue;
    // NOLINTNEXTLINE: the loader speaks in numbers
    build_id id = find_note(reinterpret_cast<const char*>(module.dlpi_addr + header.p_vaddr), header.p_memsz);
    if (!id.empty()) return id;
  }
  return {};
}

bool holds_code_at(const ::dl_phdr_info& module, std::uintptr_t offset) {
  return std::ranges::any_of(headers_of(module), [&](const auto& header) {
    return header.p_type == PT_LOAD && (header.p_flags & PF_X) != 0 && offset >= header.p_vaddr &&
           offset - header.p_vaddr < header.p_memsz;
  });
}

std::string path_of(const ::dl_phdr_info& module) {
  if (module.dlpi_name != nullptr && module.dlpi_name[0] != '\0') return module.dlpi_name;
  char path[PATH_MAX];
  const auto length = ::readlink("/proc/self/exe", path, sizeof path);
  return length > 0 ? std::string(path, static_cast<std::size_t>(length)) : std::string();
}

/// Calls visit(module) for each loaded module until it returns true.
template <class Visit>
void for_each_module(Visit visit) {
  ::dl_iterate_phdr(
      [](::dl_phdr_info* module, std::size_t, void* data) { return (*static_cast<Visit*>(data))(*module) ? 1 : 0; },
      &visit);
}

struct found_module {
  build_id id;
  std::uintptr_t offset = 0;
  std::string path;
};

/// Where the module with this build-id has the code at this offset.
std::optional<std::uintptr_t> locate(const build_id& id, std::uintptr_t offset, bool& known) {
  std::optional<std::uintptr_t> address;
  for_each_module([&](const ::dl_phdr_info& module) {
    if (build_id_of(module) != id) return false;
    known = true;
    if (holds_code_at(module, offset)) address = module.dlpi_addr + offset;
    return true;
  });
  return address;
}

std::string in_hex(const build_id& id) {
  constexpr const char* digits = "0123456789abcdef";
  std::string text;
  for (const char c : id) {
    const auto byte = static_cast<unsigned char>(c);
    text += digits[byte / 16];
    text += digits[byte % 16];
  }
  return text;
}

code_address resolve_anew(std::span<const std::byte> identity) {
  decoder in(identity);
  const auto offset = in.read_value<std::uint64_t>();
  const auto id_bytes = in.take(in.read_value<std::uint32_t>());
  const build_id id(reinterpret_cast<const char*>(id_bytes.data()), id_bytes.size());
  const auto path_bytes = in.take(in.left());
  const std::string path(reinterpret_cast<const char*>(path_bytes.data()), path_bytes.size());

  bool known = false;
  auto address = locate(id, offset, known);
  // A module that was loaded after the fork server had been started: the path says where it is. It stays loaded.
  if (!known && !path.empty() && ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL) != nullptr) {
    address = locate(id, offset, known);
  }
  if (!known) throw transfer_error("no module with build-id " + in_hex(id) + " is loaded here, nor is it at " + path);
  if (!address) throw transfer_error("a function identity names no code of " + path);
  return reinterpret_cast<code_address>(*address);  // NOLINT
}

}  // namespace

std::string identify_function(code_address function) {
  const auto address = reinterpret_cast<std::uintptr_t>(function);
  std::optional<found_module> found;
  for_each_module([&](const ::dl_phdr_info& module) {
    if (!holds_code_at(module, address - module.dlpi_addr)) return false;
    found = found_module{build_id_of(module), address - module.dlpi_addr, path_of(module)};
    return true;
  });
  if (!found) throw transfer_error("this function is in no loaded module, so no other process can find it");
  if (found->id.empty()) {
    throw transfer_error(
        "the module " + found->path +
        " has no build-id, so its functions cannot be named to another process; link it with -Wl,--build-id");
  }
  encoder out;
  out.write_value(static_cast<std::uint64_t>(found->offset));
  out.write_value(static_cast<std::uint32_t>(found->id.size()));
  out.write(found->id.data(), found->id.size());
  out.write(found->path.data(), found->path.size());
  return {reinterpret_cast<const char*>(out.bytes().data()), out.size()};
}

code_address resolve_function(std::span<const std::byte> identity) {
  // Leaked: workers end without static destruction, and tasks may call from any thread.
  static auto& lock = *new std::mutex;
  static auto& known = *new std::unordered_map<std::string, code_address>;
  const std::string key(reinterpret_cast<const char*>(identity.data()), identity.size());
  const std::lock_guard hold(lock);
  const auto at = known.find(key);
  if (at != known.end()) return at->second;
  return known.emplace(key, resolve_anew(identity)).first->second;
}

void write_identity(encoder& out, const std::string& identity) {
  out.write_value(static_cast<std::uint32_t>(identity.size()));
  out.write(identity.data(), identity.size());
}

code_address read_function(decoder& in) { return resolve_function(in.take(in.read_value<std::uint32_t>())); }

}  // namespace weft::detail

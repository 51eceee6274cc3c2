#include <weft/process/remote_exception.hpp>

#include <cstdint>
#include <cstdlib>
#include <cxxabi.h>
#include <filesystem>
#include <future>
#include <ios>
#include <functional>
#include <memory>
#include <mutex>
#include <new>
#include <optional>
#include <system_error>
#include <typeinfo>
#include <unordered_map>
#include <utility>
#include <variant>

namespace weft {
namespace detail {
namespace {

struct exception_types {
  std::mutex lock;
  std::unordered_map<std::string, rebuild_exception> rebuild;

  template <class... Es>
  void add() {
    (rebuild.emplace(typeid(Es).name(), &rebuild_as<Es>), ...);
  }

  exception_types() {
    add<std::runtime_error, std::range_error, std::overflow_error, std::underflow_error, std::logic_error, std::domain_error,
        std::invalid_argument, std::length_error, std::out_of_range>();
    add<std::exception, std::bad_exception, std::bad_alloc, std::bad_array_new_length, std::bad_cast, std::bad_typeid>();
    add<std::bad_function_call, std::bad_weak_ptr, std::bad_optional_access, std::bad_variant_access>();
    add<error, timeout_error, cancelled_error, invalid_state, invalid_argument, broken_promise, shutdown_error, would_deadlock>();
    add<queue_empty, queue_full, queue_shut_down, broken_barrier, transfer_error>();
    add<broken_executor, broken_thread_pool, broken_process_pool>();
  }
};

exception_types& known_types() {
  static auto& types = *new exception_types;  // leaked: used until the last thread ends
  return types;
}

void write_text(encoder& out, const std::string& text) {
  out.write_value(static_cast<std::uint64_t>(text.size()));
  out.write(text.data(), text.size());
}

std::string read_text(decoder& in) {
  const auto bytes = in.take(in.read_count());
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::string readable(const std::string& mangled) {
  int status = 0;
  const std::unique_ptr<char, void (*)(void*)> name(abi::__cxa_demangle(mangled.c_str(), nullptr, nullptr, &status), &std::free);
  return status == 0 ? std::string(name.get()) : mangled;
}

/// What crosses of one exception.
struct record {
  std::string type;  ///< mangled
  std::string message;
  std::string trace;
  // std::system_error and its like: the code, so that it can be compared again.
  std::string category;
  std::int32_t code = 0;
};

constexpr int most_causes = 32;

/// The chain of nested causes, one line each.
void describe_causes(const std::exception& error, std::string& text, int depth) {
  if (depth == most_causes) return;
  try {
    std::rethrow_if_nested(error);
  } catch (const std::exception& cause) {
    text += "\n  caused by " + readable(typeid(cause).name()) + ": " + cause.what();
    describe_causes(cause, text, depth + 1);
  } catch (...) {
    text += "\n  caused by an exception of a type that is not std::exception's";
  }
}

/// std::throw_with_nested throws a type that derives from the one the user named; that one is what crosses.
std::string thrown_type(const std::exception& error) {
  const std::type_info& type = typeid(error);
  if (dynamic_cast<const std::nested_exception*>(&error) != nullptr) {
    if (const auto* derived = dynamic_cast<const abi::__vmi_class_type_info*>(&type);
        derived != nullptr && derived->__base_count == 2 && std::string(type.name()).find("_Nested_exception") != std::string::npos) {
      return derived->__base_info[0].__base_type->name();
    }
  }
  return type.name();
}

record describe_exception(const std::exception_ptr& error, const std::string& where) {
  record r;
  try {
    std::rethrow_exception(error);
  } catch (const std::exception& e) {
    r.type = thrown_type(e);
    r.message = e.what();
    r.trace = readable(r.type) + " thrown in " + where + ": " + r.message;
    if (const auto* remote = dynamic_cast<const remote_error*>(&e)) r.trace += "\n" + remote->trace();
    if (const auto* system = dynamic_cast<const std::system_error*>(&e)) {
      r.category = system->code().category().name();
      r.code = system->code().value();
    }
    describe_causes(e, r.trace, 0);
  } catch (...) {
    const std::type_info* type = abi::__cxa_current_exception_type();
    r.type = type != nullptr ? type->name() : "unknown";
    r.message = "an exception of type " + readable(r.type);
    r.trace = r.message + " thrown in " + where;
  }
  return r;
}

const std::error_category* category_named(const std::string& name) {
  for (const auto* category : {&std::generic_category(), &std::system_category(), &std::iostream_category(), &std::future_category()}) {
    if (name == category->name()) return category;
  }
  return nullptr;
}

/// A std::system_error that says what it said there, and compares as it did.
std::exception_ptr rebuild_system_error(const record& r, const std::exception_ptr& origin) {
  const auto* category = category_named(r.category);
  if (category == nullptr) return nullptr;
  const std::error_code code(r.code, *category);
  if (r.type == typeid(std::system_error).name()) {
    return nest(with_message<std::system_error>(r.message, code), origin);
  }
  if (r.type == typeid(std::ios_base::failure).name()) {
    return nest(with_message<std::ios_base::failure>(r.message, r.message, code), origin);
  }
  if (r.type == typeid(std::filesystem::filesystem_error).name()) {
    return nest(with_message<std::filesystem::filesystem_error>(r.message, r.message, code), origin);
  }
  return nullptr;
}

std::exception_ptr rebuild(const record& r) {
  const std::exception_ptr origin = std::make_exception_ptr(remote_error(readable(r.type), r.message, r.trace));
  if (!r.category.empty()) {
    if (auto rebuilt = rebuild_system_error(r, origin)) return rebuilt;
  }
  rebuild_exception make = nullptr;
  {
    auto& types = known_types();
    const std::lock_guard hold(types.lock);
    const auto at = types.rebuild.find(r.type);
    if (at != types.rebuild.end()) make = at->second;
  }
  return make != nullptr ? make(r.message, origin) : origin;
}

}  // namespace

void add_exception_type(const std::type_info& type, rebuild_exception rebuild) {
  auto& types = known_types();
  const std::lock_guard hold(types.lock);
  types.rebuild.insert_or_assign(type.name(), rebuild);
}

void encode_exception(encoder& out, const std::exception_ptr& error, const std::string& where) {
  const record r = describe_exception(error, where);
  write_text(out, r.type);
  write_text(out, r.message);
  write_text(out, r.trace);
  write_text(out, r.category);
  out.write_value(r.code);
}

std::exception_ptr decode_exception(decoder& in) {
  record r;
  r.type = read_text(in);
  r.message = read_text(in);
  r.trace = read_text(in);
  r.category = read_text(in);
  r.code = in.read_value<std::int32_t>();
  return rebuild(r);
}

}  // namespace detail

std::string remote_trace(const std::exception& error) {
  if (const auto* remote = dynamic_cast<const remote_error*>(&error)) return remote->trace();
  try {
    std::rethrow_if_nested(error);
  } catch (const remote_error& origin) {
    return origin.trace();
  } catch (const std::exception& cause) {
    return remote_trace(cause);
  } catch (...) {
    return {};
  }
  return {};
}

}  // namespace weft

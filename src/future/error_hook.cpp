#include <weft/base/error.hpp>
#include <weft/future/error_hook.hpp>
#include <weft/sync/mutex.hpp>

#include <cxxabi.h>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <typeinfo>

namespace weft {
namespace {

struct hook_state {
  mutex lock;
  error_hook hook WEFT_GUARDED_BY(lock);
};

// Never destroyed: a static executor may report during static destruction.
hook_state& hooks() {
  static hook_state& state = *new hook_state;
  return state;
}

std::string demangled(const std::type_info& type) {
  int status = 0;
  const std::unique_ptr<char, decltype(&std::free)> name(abi::__cxa_demangle(type.name(), nullptr, nullptr, &status),
                                                         &std::free);
  return status == 0 ? name.get() : type.name();
}

void print(const lost_error& lost) {
  const std::string task = lost.task.empty() ? "" : " (task '" + std::string(lost.task) + "')";
  const std::string text = "weft: " + std::string(to_string(lost.source)) + task + ": " + describe(lost.error) + "\n";
  std::fputs(text.c_str(), stderr);
}

}  // namespace

error_hook set_error_hook(error_hook hook) {
  hook_state& state = hooks();
  const scoped_lock held(state.lock);
  std::swap(state.hook, hook);
  return hook;
}

void report_lost_error(error_source source, std::exception_ptr error, std::string_view task) noexcept {
  const lost_error lost{source, std::move(error), task};
  static thread_local bool in_hook = false;
  try {
    if (in_hook) {  // the hook itself has lost an error
      print(lost);
      return;
    }
    hook_state& state = hooks();
    const scoped_lock held(state.lock);
    if (state.hook) {
      const struct inside {
        inside() { in_hook = true; }
        ~inside() { in_hook = false; }
      } now;
      state.hook(lost);
    } else {
      print(lost);
    }
  } catch (...) {  // NOLINT(bugprone-empty-catch): there is nobody left to tell
  }
}

std::string_view to_string(error_source source) noexcept {
  switch (source) {
    case error_source::callback:
      return "callback failed";
    case error_source::posted_task:
      return "posted task failed";
    case error_source::initializer:
      return "worker initializer failed";
    case error_source::unread_failure:
      return "failed task was never looked at";
  }
  return "error";
}

std::string describe(const std::exception_ptr& error) {
  if (error == nullptr) return "no error";
  try {
    std::rethrow_exception(error);
  } catch (const std::exception& known) {
    return demangled(typeid(known)) + ": " + known.what();
  } catch (...) {
    const std::type_info* type = abi::__cxa_current_exception_type();
    return type != nullptr ? demangled(*type) : "an exception of unknown type";
  }
}

}  // namespace weft

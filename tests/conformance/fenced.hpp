// An object on a page of its own that nobody can touch once it is destroyed: whoever still uses it then ends the
// program by SIGSEGV at that instruction, with or without a sanitizer.
#pragma once

#include <sys/mman.h>
#include <unistd.h>
#include <cerrno>
#include <cstddef>
#include <memory>
#include <system_error>
#include <utility>

namespace weft::test {

template <class T>
class fenced {
 public:
  template <class... Args>
  explicit fenced(Args&&... args) : page_(take_page()) {
    std::construct_at(get(), std::forward<Args>(args)...);
  }
  fenced(const fenced&) = delete;
  fenced& operator=(const fenced&) = delete;
  ~fenced() { ::munmap(page_, page_size()); }

  T* operator->() noexcept { return get(); }
  T& operator*() noexcept { return *get(); }

  /// Destroys the object. Its page stays, without any access, until this holder goes.
  void destroy() noexcept {
    std::destroy_at(get());
    ::mprotect(page_, page_size(), PROT_NONE);
  }

 private:
  T* get() noexcept { return static_cast<T*>(page_); }
  static std::size_t page_size() noexcept { return static_cast<std::size_t>(::sysconf(_SC_PAGESIZE)); }
  static void* take_page() {
    void* const page = ::mmap(nullptr, page_size(), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED) throw std::system_error(errno, std::generic_category(), "mmap");
    return page;
  }

  void* const page_;
};

}  // namespace weft::test

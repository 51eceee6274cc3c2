#include "process/setup.hpp"

#include <weft/base/error.hpp>

#include <cstring>
#include <fcntl.h>
#include <string>
#include <unistd.h>

namespace weft::detail {

worker_setup::worker_setup() : directory_(::open(".", O_PATH | O_DIRECTORY | O_CLOEXEC)) {
  if (!directory_) throw_errno("open the working directory");
  for (unsigned fd = 0; fd < 3; ++fd) {
    if (::fcntl(static_cast<int>(fd), F_GETFD) >= 0) standard_ |= 1U << fd;
  }
  payload_.write_value(standard_);
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) payload_.write(*entry, std::strlen(*entry) + 1);
}

std::vector<int> worker_setup::descriptors() const {
  std::vector<int> passed;
  for (int fd = 0; fd < 3; ++fd) {
    if ((standard_ & (1U << fd)) != 0) passed.push_back(fd);
  }
  passed.push_back(directory_.get());
  return passed;
}

void apply_setup(std::span<const std::byte> payload, std::vector<descriptor>& descriptors) {
  decoder in(payload);
  const auto standard = in.read_value<unsigned>();
  std::size_t next = 0;
  for (int fd = 0; fd < 3; ++fd) {
    if ((standard & (1U << fd)) == 0) continue;
    if (next >= descriptors.size()) throw transfer_error("a standard descriptor did not arrive");
    ::dup2(descriptors[next++].get(), fd);
  }
  if (next >= descriptors.size()) throw transfer_error("the working directory did not arrive");
  if (::fchdir(descriptors[next].get()) != 0) throw_errno("fchdir");
  descriptors.clear();

  // Leaked: the environment of this process from now on.
  const auto text = in.take(in.left());
  auto* block = new char[text.size() + 1];
  std::memcpy(block, text.data(), text.size());
  block[text.size()] = '\0';
  auto* entries = new std::vector<char*>;
  for (std::size_t at = 0; at < text.size(); at += std::strlen(block + at) + 1) entries->push_back(block + at);
  entries->push_back(nullptr);
  environ = entries->data();
}

}  // namespace weft::detail

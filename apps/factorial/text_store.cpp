#include "factorial/text_store.hpp"

#include <weft/base/error.hpp>

#include <cerrno>
#include <system_error>
#include <utility>

namespace weft::factorial {
namespace {

[[noreturn]] void fail(const char* what) {
  throw std::system_error(errno, std::generic_category(),
                          std::string("cannot ") + what + " the temporary file for repeated results");
}

}  // namespace

void text_store::keep(std::uint64_t n, std::string_view text, std::uint64_t uses) {
  entry one{.uses = uses};
  if (text.size() <= budget_ - in_memory_) {
    in_memory_ += text.size();
    one.text = text;
  } else {
    spill(one, text);
  }
  entries_.emplace(n, std::move(one));
}

std::string text_store::take(std::uint64_t n) {
  const auto found = entries_.find(n);
  if (found == entries_.end()) throw invalid_state("no text is kept for " + std::to_string(n));
  entry& one = found->second;
  if (one.uses > 1) {
    --one.uses;
    return one.text.empty() ? read_back(one) : one.text;
  }
  std::string text = one.text.empty() ? read_back(one) : std::move(one.text);
  if (one.length == 0) in_memory_ -= text.size();
  entries_.erase(found);
  return text;
}

void text_store::spill(entry& one, std::string_view text) {
  if (!file_) file_.reset(std::tmpfile());
  if (!file_ || ::fseeko(file_.get(), 0, SEEK_END) != 0) fail("make");
  if (std::fwrite(text.data(), 1, text.size(), file_.get()) != text.size()) fail("write");
  one.offset = end_of_file_;
  one.length = text.size();
  end_of_file_ += text.size();
}

std::string text_store::read_back(const entry& one) const {
  std::string text(one.length, '\0');
  if (::fseeko(file_.get(), static_cast<::off_t>(one.offset), SEEK_SET) != 0 ||
      std::fread(text.data(), 1, text.size(), file_.get()) != text.size()) {
    fail("read");
  }
  return text;
}

}  // namespace weft::factorial

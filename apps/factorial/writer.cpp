#include "factorial/writer.hpp"

#include "factorial/estimate.hpp"

#include <fmt/format.h>

#include <utility>

namespace weft::factorial {

writer::writer(format how, sink out) : how_(how), out_(std::move(out)) {}

void writer::begin() {
  if (how_ == format::csv) out_("n,digits,trailing_zeros,factorial\n");
}

void writer::write(std::uint64_t n, std::string_view digits) {
  switch (how_) {
    case format::text:
      out_(fmt::format("{}! = ", n));
      out_(digits);
      break;
    case format::csv:
      out_(fmt::format("{},{},{},", n, digits.size(), trailing_zeros(n)));
      out_(digits);
      break;
    case format::json:
      out_(first_ ? "\n" : ",\n");
      write_object(n, digits);
      break;
    case format::jsonl:
      write_object(n, digits);
      break;
  }
  if (how_ != format::json) out_("\n");
  first_ = false;
}

void writer::write_object(std::uint64_t n, std::string_view digits) {
  out_(fmt::format(R"({{"n":{},"digits":{},"trailing_zeros":{},"factorial":")", n, digits.size(), trailing_zeros(n)));
  out_(digits);
  out_(R"("})");
}

}  // namespace weft::factorial

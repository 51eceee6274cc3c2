#include "factorial/engine.hpp"

#include <gmp.h>

#include <limits>

namespace weft::factorial {
namespace {

static_assert(std::numeric_limits<unsigned long>::max() >= std::numeric_limits<std::uint64_t>::max(),
              "GMP's ui functions take the numbers as they are");

/// An mpz_t that is cleared. **Thread safety**: one thread at a time.
class integer {
 public:
  integer() { ::mpz_init(value_); }
  integer(const integer&) = delete;
  integer& operator=(const integer&) = delete;
  ~integer() { ::mpz_clear(value_); }

  void set_factorial(std::uint64_t n) { ::mpz_fac_ui(value_, n); }

  /// From n! to m!.
  void raise(std::uint64_t n, std::uint64_t m) {
    // Factors are gathered in a machine word: one pass over the long number for several of them.
    std::uint64_t word = 1;
    for (std::uint64_t factor = n + 1; factor <= m; ++factor) {
      std::uint64_t next = 0;
      if (__builtin_mul_overflow(word, factor, &next)) {
        ::mpz_mul_ui(value_, value_, word);
        next = factor;
      }
      word = next;
    }
    ::mpz_mul_ui(value_, value_, word);
  }

  void append_to(std::string& text) const {
    const std::size_t before = text.size();
    // GMP's bound may be one digit too long, and it writes a terminating zero.
    text.resize(before + ::mpz_sizeinbase(value_, 10) + 1);
    ::mpz_get_str(text.data() + before, 10, value_);
    while (text.back() == '\0') text.pop_back();
  }

 private:
  ::mpz_t value_;
};

}  // namespace

std::string factorial_text(std::uint64_t n) {
  integer product;
  product.set_factorial(n);
  std::string text;
  product.append_to(text);
  return text;
}

std::string factorial_lines(std::uint64_t first, std::uint64_t step, std::uint64_t count) {
  // Beyond this distance mpz_fac_ui's balanced products are faster than many passes over the long number.
  constexpr std::uint64_t furthest_step = 64;
  integer product;
  std::string lines;
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::uint64_t n = first + i * step;
    if (i == 0 || step > furthest_step) {
      product.set_factorial(n);
    } else {
      product.raise(n - step, n);
    }
    product.append_to(lines);
    lines += '\n';
  }
  return lines;
}

}  // namespace weft::factorial

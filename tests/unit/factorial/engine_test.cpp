// Exactness: against GMP's own factorial, and against Python's (which is another implementation altogether).
#include "factorial/engine.hpp"

#include "support/command_line.hpp"

#include <gmp.h>
#include <gtest/gtest.h>

#include <string>

namespace {

using weft::factorial::factorial_lines;
using weft::factorial::factorial_text;

std::string oracle(std::uint64_t n) {
  ::mpz_t value;
  ::mpz_init(value);
  ::mpz_fac_ui(value, n);
  std::string text(::mpz_sizeinbase(value, 10) + 2, '\0');
  ::mpz_get_str(text.data(), 10, value);
  ::mpz_clear(value);
  return text.c_str();
}

TEST(Engine, KnowsTheSmallestFactorials) {
  EXPECT_EQ(factorial_text(0), "1");
  EXPECT_EQ(factorial_text(1), "1");
  EXPECT_EQ(factorial_text(5), "120");
  EXPECT_EQ(factorial_text(20), "2432902008176640000");
}

TEST(Engine, AgreesWithGmpFrom0To1000AndAt10000) {
  for (std::uint64_t n = 0; n <= 1000; ++n) ASSERT_EQ(factorial_text(n), oracle(n)) << n;
  EXPECT_EQ(factorial_text(10'000), oracle(10'000));
}

TEST(Engine, MakesLinesThatAgreeWithGmpForEveryStep) {
  for (const std::uint64_t step : {1U, 2U, 3U, 63U, 64U, 65U, 200U}) {
    const std::uint64_t count = 1 + 1000 / step;
    std::string expected;
    for (std::uint64_t i = 0; i < count; ++i) expected += oracle(i * step) + "\n";
    ASSERT_EQ(factorial_lines(0, step, count), expected) << step;
  }
  EXPECT_EQ(factorial_lines(9'999, 1, 2), oracle(9'999) + "\n" + oracle(10'000) + "\n");
}

TEST(Engine, AgreesWithPythonFrom0To1000AndAt10000) {
  const auto python = weft::test::run_command({"python3", "-c",
                                               "import math, sys\n"
                                               "getattr(sys, 'set_int_max_str_digits', lambda n: None)(0)\n"
                                               "for n in [*range(1001), 10000]: print(math.factorial(n))"});
  ASSERT_EQ(python.status, 0) << python.err;
  EXPECT_EQ(factorial_lines(0, 1, 1001) + factorial_text(10'000) + "\n", python.out);
}

}  // namespace

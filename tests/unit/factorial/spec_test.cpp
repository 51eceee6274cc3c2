#include "factorial/spec.hpp"

#include <weft/base/error.hpp>

#include <gmock/gmock.h>

namespace {

using weft::factorial::parse_spec;
using weft::factorial::spec;

std::string problem_of(std::string_view text) {
  try {
    parse_spec(text);
  } catch (const weft::invalid_argument& problem) {
    return problem.what();
  }
  return "no problem";
}

TEST(Spec, IsANumberOrARangeWithBothEnds) {
  EXPECT_EQ(parse_spec("0"), (spec{0, 0, 1}));
  EXPECT_EQ(parse_spec("007"), (spec{7, 7, 1}));
  EXPECT_EQ(parse_spec("3..9"), (spec{3, 9, 1}));
  EXPECT_EQ(parse_spec("9..9"), (spec{9, 9, 1}));
  EXPECT_EQ(parse_spec("1000000000"), (spec{1'000'000'000, 1'000'000'000, 1}));
}

TEST(Spec, WithAStepEndsAtTheLastNumberThatIsReached) {
  EXPECT_EQ(parse_spec("0..10..3"), (spec{0, 9, 3}));
  EXPECT_EQ(parse_spec("0..10..5"), (spec{0, 10, 5}));
  EXPECT_EQ(parse_spec("2..10..1000"), (spec{2, 2, 1000}));
  EXPECT_EQ(parse_spec("0..10..3").count(), 4U);
  EXPECT_TRUE(parse_spec("0..10..3").contains(6));
  EXPECT_FALSE(parse_spec("0..10..3").contains(10));
}

TEST(Spec, NamesWhatIsWrongAndWhatWouldBeRight) {
  using testing::AllOf;
  using testing::HasSubstr;
  EXPECT_THAT(problem_of("-5"), AllOf(HasSubstr("'-5'"), HasSubstr("negative")));
  EXPECT_THAT(problem_of("0..-5"), AllOf(HasSubstr("'-5' in '0..-5'"), HasSubstr("negative")));
  EXPECT_THAT(problem_of("5..1"), AllOf(HasSubstr("'5..1'"), HasSubstr("1..5")));
  EXPECT_THAT(problem_of("1.5"), AllOf(HasSubstr("'1.5'"), HasSubstr("whole number")));
  EXPECT_THAT(problem_of("abc"), HasSubstr("'abc' is not a whole number"));
  EXPECT_THAT(problem_of("+5"), HasSubstr("'+5' is not a whole number"));
  EXPECT_THAT(problem_of("0x10"), HasSubstr("not a whole number"));
  EXPECT_THAT(problem_of("1e400"), HasSubstr("not a whole number"));
  EXPECT_THAT(problem_of(""), HasSubstr("empty"));
  EXPECT_THAT(problem_of("0.."), HasSubstr("'0..' lacks a number"));
  EXPECT_THAT(problem_of("..5"), HasSubstr("lacks a number"));
  EXPECT_THAT(problem_of("1..5.."), HasSubstr("lacks a number"));
  EXPECT_THAT(problem_of("1..5..0"), HasSubstr("step of 0"));
  EXPECT_THAT(problem_of("1..5..1..1"), HasSubstr("not a whole number"));
  EXPECT_THAT(problem_of("1000000001"), AllOf(HasSubstr("too large"), HasSubstr("1000000000")));
  EXPECT_THAT(problem_of("99999999999999999999999"), HasSubstr("too large"));
}

TEST(Spec, QuotesNoiseWithoutControlCharacters) {
  EXPECT_THAT(problem_of(std::string_view("a\0\x1b[2J\xff", 7)), testing::HasSubstr(R"('a\x00\x1b[2J\xff')"));
  EXPECT_THAT(problem_of(std::string(5000, 'x')).size(), testing::Lt(200U));
}

}  // namespace

#include "factorial/spec_reader.hpp"

#include <weft/base/error.hpp>

#include <gmock/gmock.h>

#include <unistd.h>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using weft::factorial::spec;

class SpecReader : public testing::Test {
 protected:
  ~SpecReader() override { fs::remove(path_); }

  std::vector<spec> read(const std::string& content) {
    std::ofstream(path_, std::ios::binary) << content;
    std::vector<spec> specs;
    weft::factorial::read_specs(path_.string(), specs);
    return specs;
  }

  std::string problem_of(const std::string& content) {
    try {
      read(content);
    } catch (const weft::invalid_argument& problem) {
      return problem.what();
    }
    return "no problem";
  }

  fs::path path_ = fs::temp_directory_path() / ("weft-specs-" + std::to_string(::getpid()));
};

TEST_F(SpecReader, TakesOneSpecALineAndLeavesOutBlanksAndComments) {
  EXPECT_EQ(read("5\n\n# all\n  0..3 # some\r\n\t7..9..2\n8"),
            (std::vector<spec>{{5, 5, 1}, {0, 3, 1}, {7, 9, 2}, {8, 8, 1}}));
  EXPECT_TRUE(read("").empty());
  EXPECT_TRUE(read("# nothing\n\n").empty());
}

TEST_F(SpecReader, JoinsLinesThatStraddleItsBuffer) {
  std::string content;
  std::vector<spec> expected;
  for (std::uint64_t n = 100'000; n < 150'000; ++n) {
    content += std::to_string(n) + "\n";
    expected.push_back({n, n, 1});
  }
  EXPECT_EQ(read(content), expected);
}

TEST_F(SpecReader, NamesFileAndLineOfAProblem) {
  EXPECT_THAT(problem_of("1\n\n# x\n-4\n"), AllOf(HasSubstr(path_.string() + "', line 4:"), HasSubstr("'-4'")));
  EXPECT_THAT(problem_of("1 2\n"), AllOf(HasSubstr("line 1"), HasSubstr("'1 2'")));
  EXPECT_THAT(problem_of("1\n2.5"), AllOf(HasSubstr("line 2"), HasSubstr("'2.5'")));
}

TEST_F(SpecReader, GivesUpOnNoiseAtTheFirstOverlongLine) {
  EXPECT_THAT(problem_of(std::string(1 << 20, '\0')), AllOf(HasSubstr("line 1"), HasSubstr("too long")));
}

TEST_F(SpecReader, TellsWhyAFileCannotBeRead) {
  std::vector<spec> specs;
  try {
    weft::factorial::read_specs("/nowhere/numbers", specs);
    FAIL() << "read a file that is not there";
  } catch (const weft::invalid_argument& problem) {
    EXPECT_THAT(problem.what(), AllOf(HasSubstr("'/nowhere/numbers'"), HasSubstr("No such file")));
  }
  EXPECT_THROW(weft::factorial::read_specs("/", specs), weft::invalid_argument);
}

}  // namespace

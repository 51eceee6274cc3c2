#include "unit/process/zoo.hpp"

#include <weft/base/error.hpp>
#include <weft/process/function_id.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>

extern "C" int weft_test_without_build_id(int);

namespace {

using weft::detail::code_address;

std::span<const std::byte> bytes(const std::string& text) { return std::as_bytes(std::span(text)); }

TEST(FunctionId, LeadsBackToTheFunction) {
  const auto function = reinterpret_cast<code_address>(&zoo::add);
  EXPECT_EQ(weft::detail::resolve_function(bytes(weft::detail::identify_function(function))), function);
  const auto elsewhere = reinterpret_cast<code_address>(&::strerror_r);
  EXPECT_EQ(weft::detail::resolve_function(bytes(weft::detail::identify_function(elsewhere))), elsewhere);
}

TEST(FunctionId, OfAModuleWithoutBuildIdIsRefusedNamingTheLinkerFlag) {
  try {
    static_cast<void>(weft::detail::identify_function(reinterpret_cast<code_address>(&weft_test_without_build_id)));
    FAIL();
  } catch (const weft::transfer_error& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("-Wl,--build-id"));
  }
}

TEST(FunctionId, OfDataOrOfNothingIsRefused) {
  static int data = 0;
  EXPECT_THROW(static_cast<void>(weft::detail::identify_function(reinterpret_cast<code_address>(&data))),
               weft::transfer_error);
  std::string identity = weft::detail::identify_function(reinterpret_cast<code_address>(&zoo::add));
  std::string elsewhere = identity;
  elsewhere[6] = '\x7f';  // an offset far outside
  EXPECT_THROW(static_cast<void>(weft::detail::resolve_function(bytes(elsewhere))), weft::transfer_error);
  identity[12] = static_cast<char>(identity[12] ^ 1);  // another build-id
  EXPECT_THROW(static_cast<void>(weft::detail::resolve_function(bytes(identity))), weft::transfer_error);
  EXPECT_THROW(static_cast<void>(weft::detail::resolve_function(bytes("short"))), weft::transfer_error);
}

}  // namespace

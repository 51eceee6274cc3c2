#include "unit/process/pool_test.hpp"

#include <weft/process/remote_exception.hpp>

#include <system_error>

class custom_error : public std::runtime_error {
  using runtime_error::runtime_error;
};
class unknown_error : public std::runtime_error {
  using runtime_error::runtime_error;
};

namespace {

using testing::HasSubstr;

class RemoteExceptions : public pool_test {};

TEST_F(RemoteExceptions, PPX_7_KeepTypeAndMessageAndTellWhereTheyWereThrown) {
  weft::process_pool_executor pool{{.max_workers = 1}};
  auto f = pool.submit({.name = "the name"}, &zoo::failing, "too far");
  const auto error = error_of<std::out_of_range>(f);
  EXPECT_STREQ(error.what(), "too far");
  try {
    static_cast<void>(f.result());
  } catch (const std::exception& thrown) {
    EXPECT_THAT(weft::remote_trace(thrown), HasSubstr("std::out_of_range thrown in worker process "));
    EXPECT_THAT(weft::remote_trace(thrown), HasSubstr("task 1 (the name): too far"));
  }
}

TEST_F(RemoteExceptions, OfWeftAndOfRegisteredTypesKeepTheirTypeToo) {
  weft::register_exception<custom_error>();
  weft::process_pool_executor pool{{.max_workers = 1}};
  EXPECT_STREQ(error_of<weft::queue_full>(pool.submit([] { throw weft::queue_full("full"); })).what(), "full");
  EXPECT_STREQ(error_of<custom_error>(pool.submit([] { throw custom_error("mine"); })).what(), "mine");
  EXPECT_STREQ(error_of<std::bad_alloc>(pool.submit([] { throw std::bad_alloc(); })).what(), "std::bad_alloc");
  const auto system = error_of<std::system_error>(
      pool.submit([] { throw std::system_error(ENOENT, std::generic_category(), "opening"); }));
  EXPECT_EQ(system.code(), std::errc::no_such_file_or_directory);
  EXPECT_STREQ(system.what(), "opening: No such file or directory");
}

TEST_F(RemoteExceptions, OfOtherTypesArriveAsRemoteErrors) {
  weft::process_pool_executor pool{{.max_workers = 1}};
  const auto error = error_of<weft::remote_error>(pool.submit([] { throw unknown_error("strange"); }));
  EXPECT_EQ(error.type_name(), "unknown_error");
  EXPECT_STREQ(error.what(), "strange");
  EXPECT_EQ(error_of<weft::remote_error>(pool.submit([] { throw 42; })).type_name(), "int");
}

TEST_F(RemoteExceptions, EXC_4_CarryTheTextOfTheirCauses) {
  weft::process_pool_executor pool{{.max_workers = 1}};
  auto f = pool.submit([] {
    try {
      throw std::invalid_argument("the inner cause");
    } catch (...) {
      std::throw_with_nested(std::runtime_error("the outer effect"));
    }
  });
  try {
    f.result(20s);
    FAIL();
  } catch (const std::runtime_error& error) {
    EXPECT_STREQ(error.what(), "the outer effect");
    EXPECT_THAT(weft::remote_trace(error), HasSubstr("caused by std::invalid_argument: the inner cause"));
  }
}

TEST_F(RemoteExceptions, EXC_2_EXC_3_OfTheLibraryItselfAreTheTasksFailure) {
  weft::process_pool_executor pool{{.max_workers = 1}};
  auto cancelled = pool.submit([] { throw weft::cancelled_error("mine"); });
  EXPECT_STREQ(error_of<weft::cancelled_error>(cancelled).what(), "mine");
  EXPECT_FALSE(cancelled.cancelled());
  auto timeout = pool.submit([] { throw weft::timeout_error("mine"); });
  EXPECT_STREQ(error_of<weft::timeout_error>(timeout).what(), "mine");
  EXPECT_TRUE(timeout.done());
}

TEST(RemoteException, RefusesMalformedRecords) {
  weft::encoder out;
  weft::detail::encode_exception(out, std::make_exception_ptr(std::runtime_error("x")), "here");
  for (std::size_t size = 0; size < out.size(); ++size) {
    weft::decoder in(out.bytes().first(size));
    EXPECT_THROW(static_cast<void>(weft::detail::decode_exception(in)), weft::transfer_error);
  }
}

}  // namespace

// Lines that are shown by repeating a race; the stress suite repeats them as often as the list says.
#include "conformance/race_rounds.hpp"

#include <weft/weft.hpp>

#include <gtest/gtest.h>

#include <vector>

namespace {

using weft::thread_pool_executor;

TEST(Races, CBK_4_AddingACallbackRacesWithCompletionAndLosesNoCall) {
  weft::test::add_callbacks_while_completing(100'000);
}

TEST(Races, TIM_5_AValueAtTheMomentOfExpiryIsNeverLost) { weft::test::complete_at_the_moment_of_expiry(100'000); }

TEST(Races, WAI_7_CompletionsAtTheMomentOfRegistrationAreNotLost) { weft::test::complete_while_waits_register(500); }

TEST(Races, RAC_1_SubmitRacesWithShutdownAndNothingStaysPending) { weft::test::submit_while_shutting_down(10'000); }

TEST(Races, RAC_2_CancellingShutdownLeavesEveryFutureDoneOrCancelled) {
  weft::test::cancel_the_rest_of_a_busy_pool(500);
}

TEST(Races, RAC_5_NoItemIsLostToAConsumerThatTimesOut) { weft::test::time_out_while_items_come(5'000); }

TEST(Races, RAC_6_ANotifyIsNotSwallowedByATimeout) { weft::test::notify_at_the_moment_of_expiry(5'000); }

TEST(Races, RAC_6_APermitIsNotSwallowedByATimeout) { weft::test::release_at_the_moment_of_expiry(10'000); }

// as_completed took an end before it was counted, then believed the count and reported a timeout that had not come.
TEST(Races, ASC_AnEndThatIsTakenBeforeItIsCountedIsNoTimeout) {
  thread_pool_executor pool{{.max_workers = 3}};
  for (int round = 0; round < 3000; ++round) {
    std::vector<weft::future<int>> futures;
    for (int i = 0; i < 30; ++i) futures.push_back(pool.submit([i] { return i; }));
    int sum = 0;
    for (auto& f : weft::as_completed(futures)) sum += f.result();
    ASSERT_EQ(sum, 435);
  }
}

}  // namespace

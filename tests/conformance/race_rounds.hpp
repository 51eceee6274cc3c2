// Races of the conformance list, as functions over the number of rounds: a part of them in every run (races_test.cpp),
// as many as the list says in the stress suite.
// One thread of each pair goes ahead and says how far it is, the other follows it closely, with random short delays:
// so they meet at the same object again and again, and nobody waits for a thread that has lost its processor.
#pragma once

namespace weft::test {

/// CBK-4: a callback is added while the future completes.
void add_callbacks_while_completing(int rounds);
/// TIM-5: a timed wait expires while the future completes.
void complete_at_the_moment_of_expiry(int rounds);
/// WAI-7: a hundred futures end while a wait registers.
void complete_while_waits_register(int rounds);
/// RAC-1: submits while another thread shuts the pool down.
void submit_while_shutting_down(int rounds);
/// RAC-2: shutdown that cancels, against busy workers.
void cancel_the_rest_of_a_busy_pool(int rounds);
/// RAC-5: consumers of a queue time out while a producer puts.
void time_out_while_items_come(int rounds);
/// RAC-6: a waiter times out while it is notified.
void notify_at_the_moment_of_expiry(int rounds);
/// RAC-6 again, for the permits of a semaphore.
void release_at_the_moment_of_expiry(int rounds);

}  // namespace weft::test

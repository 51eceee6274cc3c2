// One client's connection: reads requests, waits as long as their answers ask, sends, and starts again.
//
// Thread safety: owned by the server's thread; every handler runs there.
// Protocol, for each request:
//   1. Read: the request is parsed, within the limits on header and body.
//   2. Wait: until the answer's delay after the arrival is over, watching whether the client goes.
//   3. Send: the ready bytes, then the filler piece by piece.
//   4. End as the answer says: read again (1), or say goodbye: no more is sent, what still comes is thrown away
//      until the client closes too, because closing on unread input would reset the connection and could
//      destroy the answer on its way.
// A watchdog closes the connection when a step makes no progress for the idle timeout.
#pragma once

#include <utility>

#include <boost/asio/ip/tcp.hpp>

#include <chrono>
#include <cstddef>

namespace weft::apps::site {

class recorder;
class responder;

struct connection_context {
  responder& answers;
  recorder& seen;
  std::size_t host;
  std::chrono::milliseconds idle_timeout;
};

/// Serves the client until it goes. The connection keeps itself alive; destroying the io_context ends it.
void serve(boost::asio::ip::tcp::socket client, const connection_context& context);

}  // namespace weft::apps::site

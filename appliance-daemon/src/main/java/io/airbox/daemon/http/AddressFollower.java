package io.airbox.daemon.http;

import io.airbox.daemon.network.BoxNetwork;
import io.airbox.netplan.apply.Transaction;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Keeps the certificate up with a change of the network: from its announcement on it names where
 * the box will be, and every other second what DHCP servers have given meanwhile. Used on one event
 * loop.
 */
final class AddressFollower {
  private static final long PAUSE = TimeUnit.SECONDS.toMillis(2);
  private static final long NO_TIMER = -1;

  private final Vertx vertx;
  private final BoxNetwork network;
  private final Https https;
  private List<String> names = List.of();
  private long timer = NO_TIMER;

  AddressFollower(Vertx vertx, BoxNetwork network, Https https) {
    this.vertx = vertx;
    this.network = network;
    this.https = https;
  }

  /** To be called on the event loop. */
  void start() {
    Context loop = vertx.getOrCreateContext();
    network.onChange(transaction -> loop.runOnContext(now -> changed(transaction)));
    network.current().ifPresent(this::changed);
  }

  private void changed(Transaction transaction) {
    if (transaction.state().isEnd()) {
      if (timer != NO_TIMER) {
        vertx.cancelTimer(timer);
        timer = NO_TIMER;
        // what came up last belongs into the certificate as well
        https.expect(names).onComplete(done -> https.expect(List.of()));
      }
      return;
    }
    names = BoxNetwork.names(transaction);
    if (timer == NO_TIMER) {
      timer = vertx.setPeriodic(PAUSE, id -> https.expect(names));
      https.expect(names);
    }
  }
}

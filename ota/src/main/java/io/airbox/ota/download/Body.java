package io.airbox.ota.download;

import java.io.Closeable;
import java.io.IOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What a server sends, taken piece by piece: no more is asked for than was taken, so that a fast
 * server does not fill the memory, and a silent one is given up.
 */
final class Body implements BodySubscriber<Body>, Closeable {
  /** Pieces, or how it ended. */
  private record Event(List<ByteBuffer> pieces, @Nullable Throwable failure, boolean last) {}

  private final LinkedBlockingQueue<Event> events = new LinkedBlockingQueue<>();
  private final CompletableFuture<Flow.Subscription> subscription = new CompletableFuture<>();
  private boolean ended;

  @Override
  public CompletionStage<Body> getBody() {
    return CompletableFuture.completedFuture(this);
  }

  @Override
  public void onSubscribe(Flow.Subscription given) {
    subscription.complete(given);
    given.request(1);
  }

  @Override
  public void onNext(List<ByteBuffer> pieces) {
    events.add(new Event(pieces, null, false));
  }

  @Override
  public void onError(Throwable failure) {
    events.add(new Event(List.of(), failure, true));
  }

  @Override
  public void onComplete() {
    events.add(new Event(List.of(), null, true));
  }

  /**
   * The next pieces; none at the end.
   *
   * @throws IOException the connection broke, or nothing came for so long
   */
  List<ByteBuffer> next(Duration patience) throws IOException, InterruptedException {
    if (ended) {
      return List.of();
    }
    Event event = events.poll(patience.toNanos(), TimeUnit.NANOSECONDS);
    if (event == null) {
      throw new IOException("sent nothing for " + patience.toMillis() + " ms");
    }
    if (event.failure() != null) {
      ended = true;
      throw new IOException(Web.words(event.failure()), event.failure());
    }
    if (event.last()) {
      ended = true;
      return List.of();
    }
    subscription.join().request(1);
    return event.pieces();
  }

  /** Gives up the rest, and the connection with it. */
  @Override
  public void close() {
    var unused = subscription.thenAccept(Flow.Subscription::cancel);
  }
}

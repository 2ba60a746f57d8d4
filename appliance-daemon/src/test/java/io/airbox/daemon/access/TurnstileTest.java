package io.airbox.daemon.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.airbox.daemon.access.AccessException.Reason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class TurnstileTest {
  private final Turnstile turnstile = new Turnstile();

  @Test
  void oneIsInsideAndFewWait() throws InterruptedException {
    CountDownLatch open = new CountDownLatch(1);
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < Turnstile.PLACES; i++) {
      Thread thread =
          new Thread(
              () ->
                  turnstile.pass(
                      () -> {
                        most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                        try {
                          open.await();
                        } catch (InterruptedException unexpected) {
                          throw new IllegalStateException(unexpected);
                        }
                        return inside.decrementAndGet();
                      }));
      thread.start();
      threads.add(thread);
    }
    await().until(() -> threads.stream().allMatch(one -> one.getState() == Thread.State.WAITING));
    assertThatThrownBy(() -> turnstile.pass(() -> "never"))
        .isInstanceOfSatisfying(
            AccessException.class,
            busy -> {
              assertThat(busy.reason()).isEqualTo(Reason.TOO_MANY_ATTEMPTS);
              assertThat(busy.retryAfter()).isEqualTo(Duration.ofSeconds(2));
            });
    open.countDown();
    for (Thread thread : threads) {
      thread.join();
    }

    assertThat(most).hasValue(1);
    assertThat(turnstile.pass(() -> "done")).isEqualTo("done");
  }

  @Test
  void aFailureOrAnInterruptGivesThePlaceBack() {
    for (int i = 0; i < 2 * Turnstile.PLACES; i++) {
      assertThatThrownBy(
              () ->
                  turnstile.pass(
                      () -> {
                        throw new IllegalStateException("inside");
                      }))
          .hasMessage("inside");
      Thread.currentThread().interrupt();
      assertThatThrownBy(() -> turnstile.pass(() -> "never")).isInstanceOf(AccessException.class);
      assertThat(Thread.interrupted()).isTrue();
    }

    assertThat(turnstile.pass(() -> "done")).isEqualTo("done");
  }
}

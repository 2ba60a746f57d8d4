package io.airbox.daemon.cli;

import java.time.Duration;

/** How long a command rests between two looks. */
@FunctionalInterface
interface Pauses {
  /** Rests for two seconds. */
  Pauses USUAL = () -> Thread.sleep(Duration.ofSeconds(2).toMillis());

  void pause() throws InterruptedException;

  /** Does it again and again until the thread is interrupted or it fails. */
  default void repeat(Runnable task) {
    try {
      while (true) {
        task.run();
        pause();
      }
    } catch (InterruptedException e) {
      // heeded: it is how the command ends
    }
  }
}

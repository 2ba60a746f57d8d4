package io.airbox.daemon.sources;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Whether somebody answered.
 *
 * @param target who was asked
 * @param detail what came back, or why nothing did
 * @param millis how long it took
 */
public record Reached(String target, boolean reachable, String detail, long millis) {
  private static final int AT_ONCE = 8;

  /** Asks all at once, so that the dead ones do not add up; blocks until the last is done. */
  static List<Reached> all(List<Callable<Reached>> questions) {
    ExecutorService threads =
        Executors.newFixedThreadPool(
            AT_ONCE,
            task -> {
              Thread thread = new Thread(task, "reach");
              thread.setDaemon(true);
              return thread;
            });
    try {
      List<Reached> answers = new ArrayList<>();
      for (Future<Reached> answer : threads.invokeAll(questions)) {
        answers.add(answer.get());
      }
      return answers;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while asking who answers", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException("asking who answers failed", e.getCause());
    } finally {
      threads.shutdownNow();
    }
  }
}

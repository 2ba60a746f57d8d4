package io.airbox.generation.worker;

/** Entry point of the worker process. */
public final class WorkerMain {
  private WorkerMain() {}

  public static void main(String... arguments) {
    WorkerArguments.parse(arguments);
  }
}

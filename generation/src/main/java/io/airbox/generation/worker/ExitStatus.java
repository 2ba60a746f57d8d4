package io.airbox.generation.worker;

/** The end of a process in words. */
final class ExitStatus {
  private static final int SIGNALLED = 128;

  private ExitStatus() {}

  /** Describes an exit value as the JDK gives it: 128 and more is a signal. */
  static String describe(int value) {
    return switch (value) {
      case 0 -> "ended by itself (exit code 0)";
      case 3 -> "ran out of Java memory (exit code 3)";
      case 7 -> "ended to give back device memory that its runtime had lost (exit code 7)";
      case 255 -> "was ended by a native library (exit code 255); the TPU's do so on a misuse";
      case SIGNALLED + 4 -> "was killed by signal 4 (SIGILL); is a library made for another CPU?";
      case SIGNALLED + 6 -> "was killed by signal 6 (SIGABRT); a native library gave up";
      case SIGNALLED + 7 ->
          "was killed by signal 7 (SIGBUS); is the disk full or a file cut short?";
      case SIGNALLED + 9 -> "was killed by signal 9 (SIGKILL); out of memory?";
      case SIGNALLED + 11 -> "was killed by signal 11 (SIGSEGV); a native library crashed";
      case SIGNALLED + 15 -> "was killed by signal 15 (SIGTERM); somebody ended it";
      default ->
          value > SIGNALLED && value < SIGNALLED + 65
              ? "was killed by signal " + (value - SIGNALLED)
              : "ended with exit code " + value;
    };
  }
}

package io.airbox.helper;

import io.airbox.netplan.staging.StagingException;
import java.io.IOException;
import java.util.List;

/** One thing that is done to the machine. There are five kinds, and nothing else is ever done. */
sealed interface Step {
  /** What it does, for the one who asks and for the journal. */
  String words();

  /** What the one who asks gets to read of it. */
  default List<String> answer() {
    return List.of(words());
  }

  /**
   * Does it.
   *
   * @throws StepFailedException it was not done
   * @throws RefusedException something else came first; it was not done, nor anything before it
   *     that matters
   */
  void run(Machine machine) throws StepFailedException, RefusedException, InterruptedException;

  /**
   * Replaces a file.
   *
   * @param purpose what for
   * @param path where, absolute
   * @param content the whole of it, a character a byte
   */
  record ReplaceFile(String purpose, String path, String content) implements Step {
    @Override
    public String words() {
      return purpose + " (writes " + path + ")";
    }

    @Override
    public void run(Machine machine) throws StepFailedException {
      try {
        machine.replace(path, content);
      } catch (IOException e) {
        throw new StepFailedException(words(), e.toString());
      }
    }
  }

  /**
   * Changes the files of a staged network change.
   *
   * @param purpose what for
   * @param work what is done
   */
  record StageFiles(String purpose, Work work) implements Step {
    /** What is done. */
    @FunctionalInterface
    interface Work {
      void run() throws IOException, InterruptedException;
    }

    @Override
    public String words() {
      return purpose;
    }

    @Override
    public void run(Machine machine)
        throws StepFailedException, RefusedException, InterruptedException {
      try {
        work.run();
      } catch (IOException e) {
        throw new StepFailedException(words(), e.toString());
      } catch (StagingException e) {
        throw NetworkArguments.refusal(e);
      }
    }
  }

  /**
   * Runs a program, which has to end with 0.
   *
   * @param purpose what for
   * @param program which
   * @param arguments as they are; no shell sees them
   */
  record RunProgram(String purpose, Program program, List<String> arguments) implements Step {
    @Override
    public String words() {
      return purpose + " (runs " + program.path() + " " + String.join(" ", arguments) + ")";
    }

    @Override
    public void run(Machine machine) throws StepFailedException, InterruptedException {
      output(machine);
    }

    /** Runs it and returns what it printed. */
    String output(Machine machine) throws StepFailedException, InterruptedException {
      Machine.Ended ended;
      try {
        ended = machine.run(program, arguments);
      } catch (IOException e) {
        throw new StepFailedException(words(), String.valueOf(e.getMessage()));
      }
      if (ended.status() != 0) {
        throw new StepFailedException(
            words(), program.path() + " ended with " + ended.status() + ": " + ended.output());
      }
      return ended.output();
    }
  }

  /**
   * Does something for which something else was prepared, which goes when it is not done.
   *
   * @param step what is done
   * @param otherwise undoes what was prepared
   */
  record OrElse(Step step, RunProgram otherwise) implements Step {
    @Override
    public String words() {
      return step.words();
    }

    @Override
    public void run(Machine machine)
        throws StepFailedException, RefusedException, InterruptedException {
      try {
        step.run(machine);
      } catch (StepFailedException | RefusedException e) {
        try {
          otherwise.run(machine);
        } catch (StepFailedException another) {
          e.addSuppressed(another);
        }
        throw e;
      }
    }
  }

  /**
   * Changes nothing: tells what was read while it was planned.
   *
   * @param answer what was read
   */
  record Tell(List<String> answer) implements Step {
    @Override
    public String words() {
      return "tell what was asked";
    }

    @Override
    public void run(Machine machine) {}
  }
}

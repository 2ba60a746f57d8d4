package io.airbox.hwtests.linux;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A serial console as a person uses it: waits for what it says, types, runs commands and sees how
 * they ended.
 *
 * <p>Everything that the box has said is kept until some {@link #expect} has passed it. Escape
 * sequences are left out and lines end with a line feed.
 */
public final class Console {
  /** How long {@link #run(String)} gives a command; generous, since the machine is emulated. */
  public static final Duration COMMAND = Duration.ofSeconds(60);

  /** A terminal in its ordinary mode keeps no more of one line (Linux: N_TTY_BUF_SIZE). */
  private static final int LONGEST_LINE = 4000;

  private static final int KEPT_SCREEN = 4_000;
  private static final int BYTES_PER_CHUNK = 2_400;

  /** What carries typed bytes to the box. */
  interface Line {
    void write(byte[] bytes) throws IOException;
  }

  /**
   * What {@link #expect} came upon.
   *
   * @param index which of the patterns it was
   * @param before what the box said before it
   * @param match the text and its groups
   */
  public record Found(int index, String before, MatchResult match) {}

  private final Line line;
  private final SecureRandom random = new SecureRandom();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final StringBuilder pending = new StringBuilder();
  private final StringBuilder screen = new StringBuilder();
  private TerminalText text = new TerminalText();
  private @Nullable String hungUp;

  Console(Line line) {
    this.line = line;
  }

  /**
   * Waits until the box says something that matches one of the patterns; earlier text counts until
   * it has been passed.
   */
  public Found expect(Duration within, Pattern... patterns) {
    long deadline = System.nanoTime() + within.toNanos();
    lock.lock();
    try {
      while (true) {
        Found found = find(patterns);
        if (found != null) {
          return found;
        }
        if (hungUp != null) {
          throw new ConsoleException(
              "the line went dead (" + hungUp + ") while waiting for " + List.of(patterns), tail());
        }
        long left = deadline - System.nanoTime();
        if (left <= 0) {
          throw new ConsoleException(
              "nothing like " + List.of(patterns) + " came within " + within, tail());
        }
        changed.await(left, TimeUnit.NANOSECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ConsoleException("interrupted while waiting for " + List.of(patterns), tail());
    } finally {
      lock.unlock();
    }
  }

  /** Waits for this text. */
  public Found expect(Duration within, String literal) {
    return expect(within, Pattern.compile(Pattern.quote(literal)));
  }

  /** Types this text; a line is ended by {@code \r}, as the Return key does. */
  public void send(String typed) {
    try {
      line.write(typed.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException("the console does not take what is typed", e);
    }
  }

  /** Runs a command in the shell at whose prompt the console is, for at most {@link #COMMAND}. */
  public CommandResult run(String command) {
    return run(command, COMMAND);
  }

  /**
   * Runs a command (of one line or several) in the shell at whose prompt the console is, and waits
   * for its end.
   *
   * <p>The output stands between two random markers. They are typed in halves, so that the
   * terminal's echo of the typed command is never taken for them.
   *
   * @throws ConsoleException if it has not ended in time, with the last lines of the screen; it may
   *     still be running
   */
  public CommandResult run(String command, Duration within) {
    String first = word();
    String second = word();
    // eval: a command that ends with a comment, an ampersand or an open quote cannot swallow the
    // second marker
    String typed =
        "printf '%s' '"
            + first
            + "''"
            + second
            + "<'; eval '"
            + command.replace("'", "'\\''")
            + "'; printf '%s%d\\n' '"
            + first
            + "''"
            + second
            + ">' \"$?\"\r";
    if (typed.lines().anyMatch(part -> part.length() > LONGEST_LINE)) {
      throw new IllegalArgumentException(
          "a line of "
              + typed.length()
              + " characters is longer than a terminal takes ("
              + LONGEST_LINE
              + "); write the command to a file with put() first");
    }
    send(typed.replace('\n', '\r'));
    Pattern frame =
        Pattern.compile(first + second + "<(.*?)" + first + second + ">(\\d+)\n", Pattern.DOTALL);
    MatchResult match = expect(within, frame).match();
    return new CommandResult(command, Integer.parseInt(match.group(2)), match.group(1), "");
  }

  /**
   * Writes a file on the box, with these permissions (octal); meant for kilobytes. The shell must
   * be allowed to.
   */
  public void put(byte[] content, String target, String mode) {
    run("install -m " + mode + " /dev/null " + quoted(target)).orThrow();
    Base64.Encoder encoder = Base64.getEncoder();
    for (int at = 0; at < content.length; at += BYTES_PER_CHUNK) {
      byte[] chunk = new byte[Math.min(BYTES_PER_CHUNK, content.length - at)];
      System.arraycopy(content, at, chunk, 0, chunk.length);
      run("echo " + encoder.encodeToString(chunk) + " | base64 -d >>" + quoted(target)).orThrow();
    }
  }

  /** Writes a text file on the box, readable by all. */
  public void put(String content, String target) {
    put(content.getBytes(StandardCharsets.UTF_8), target, "644");
  }

  /** Reads a file of the box; meant for at most a few megabytes. */
  public byte[] get(String source) {
    return Base64.getMimeDecoder().decode(run("base64 " + quoted(source)).orThrow());
  }

  /** One word of a shell's command line that means this text. */
  public static String quoted(String value) {
    return "'" + value.replace("'", "'\\''") + "'";
  }

  /** The last lines that the box has said, for messages of failed tests. */
  public String screen() {
    lock.lock();
    try {
      return tail();
    } finally {
      lock.unlock();
    }
  }

  /** Takes what the box has said; called by the line's thread. */
  void receive(byte[] bytes, int length) {
    lock.lock();
    try {
      String more = text.feed(bytes, length);
      pending.append(more);
      screen.append(more);
      if (screen.length() > 2 * KEPT_SCREEN) {
        screen.delete(0, screen.length() - KEPT_SCREEN);
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** The other end has power: what was said before is forgotten. */
  void connect() {
    lock.lock();
    try {
      hungUp = null;
      pending.setLength(0);
      text = new TerminalText();
    } finally {
      lock.unlock();
    }
  }

  /** Nothing will come any more; who waits is told this reason. */
  void hangUp(String reason) {
    lock.lock();
    try {
      hungUp = reason;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private @Nullable Found find(Pattern... patterns) {
    int earliest = -1;
    List<Matcher> matchers = new ArrayList<>();
    for (int i = 0; i < patterns.length; i++) {
      Matcher matcher = patterns[i].matcher(pending);
      matchers.add(matcher);
      if (matcher.find() && (earliest < 0 || matcher.start() < matchers.get(earliest).start())) {
        earliest = i;
      }
    }
    if (earliest < 0) {
      return null;
    }
    MatchResult match = matchers.get(earliest).toMatchResult();
    Found found = new Found(earliest, pending.substring(0, match.start()), match);
    pending.delete(0, match.end());
    return found;
  }

  private String tail() {
    return screen.substring(Math.max(0, screen.length() - KEPT_SCREEN));
  }

  private String word() {
    return "x" + new BigInteger(40, random).toString(36);
  }
}

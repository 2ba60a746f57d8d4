package io.airbox.helper;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.channels.Channel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;

/**
 * The program behind {@code airbox-helper@.service}: answers the one request of the connection that
 * it was given as standard input, and ends. Options come from the unit file, never from a caller:
 *
 * <ul>
 *   <li>{@code --sysroot DIR} prefixes every path, programs too (default {@code /})
 *   <li>{@code --user NAME} may ask, besides root (default {@code airbox})
 * </ul>
 *
 * <p>Exit status: 0 answered, 1 nobody to answer to, 2 wrong options.
 */
public final class HelperMain {
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final Duration PROGRAM_LIMIT = Duration.ofSeconds(15);

  private HelperMain() {}

  /** Runs the program. */
  public static void main(String... arguments) {
    PrintStream err =
        new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
    System.exit(run(new Journal(err), arguments));
  }

  private static int run(Journal journal, String... arguments) {
    Path sysroot = Path.of("/");
    String user = "airbox";
    for (int i = 0; i < arguments.length; i += 2) {
      String value = i + 1 < arguments.length ? arguments[i + 1] : "";
      if (arguments[i].equals("--sysroot") && value.startsWith("/")) {
        sysroot = Path.of(value);
      } else if (arguments[i].equals("--user") && !value.isEmpty()) {
        user = value;
      } else {
        journal.warning("usage: airbox-helper [--sysroot DIR] [--user NAME]");
        return 2;
      }
    }
    try {
      Channel inherited = System.inheritedChannel();
      if (!(inherited instanceof SocketChannel channel)) {
        journal.warning(
            "standard input is no connection; airbox-helper.socket starts this program");
        return 1;
      }
      new Session(callers(user), new Machine(sysroot, PROGRAM_LIMIT), journal, PATIENCE)
          .serve(channel);
      return 0;
    } catch (IOException e) {
      journal.warning("nobody to answer to: " + e);
    } catch (InterruptedException e) {
      journal.warning("interrupted");
    }
    return 1;
  }

  private static Set<UserPrincipal> callers(String user) throws IOException {
    UserPrincipalLookupService users = FileSystems.getDefault().getUserPrincipalLookupService();
    Set<UserPrincipal> callers = new HashSet<>();
    callers.add(users.lookupPrincipalByName("root"));
    try {
      callers.add(users.lookupPrincipalByName(user));
    } catch (UserPrincipalNotFoundException e) {
      return callers; // then root alone
    }
    return callers;
  }
}

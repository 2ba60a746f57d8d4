package io.airbox.daemon.cli;

import io.airbox.daemon.pictures.StorageReason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The sockets of the daemons of this machine. Each stands for a role; whoever the kernel lets open
 * one has its role, so the most powerful one that opens is taken.
 */
final class LocalSockets {
  /** Sockets by role, the most powerful first. */
  private static final List<String> NAMES =
      List.of("api.sock", "api-operator.sock", "api-user.sock");

  private final List<Path> folders;
  private final Predicate<Path> mayOpen;

  /**
   * @param folders where daemons have their sockets, the nearest daemon first
   */
  LocalSockets(List<Path> folders) {
    this(folders, Files::isWritable);
  }

  LocalSockets(List<Path> folders, Predicate<Path> mayOpen) {
    this.folders = folders;
    this.mayOpen = mayOpen;
  }

  /**
   * Connects to the nearest daemon that lets this user in.
   *
   * @return empty when no daemon runs here
   * @throws CommandFailure daemons run here, but their sockets are closed to this user
   */
  Optional<DaemonClient> connect() {
    List<Path> closed = new ArrayList<>();
    for (Path folder : folders) {
      for (String name : NAMES) {
        Path socket = folder.resolve(name);
        if (!Files.exists(socket)) {
          continue;
        }
        if (!mayOpen.test(socket)) {
          closed.add(socket);
          continue;
        }
        DaemonClient client = DaemonClient.on(socket);
        if (client.answers()) {
          return Optional.of(client);
        }
        client.close();
      }
    }
    if (closed.isEmpty()) {
      return Optional.empty();
    }
    throw new CommandFailure(ExitCodes.NOT_ALLOWED, refusal(closed));
  }

  private static String refusal(List<Path> closed) {
    return "a daemon runs here, but its sockets are closed to user "
        + System.getProperty("user.name")
        + ":\n"
        + String.join("\n", closed.stream().map(socket -> "  " + describe(socket)).toList())
        + "\nJoin such a group (sudo usermod -aG GROUP USER, then log in again), or use --host URL"
        + " with a key.";
  }

  private static String describe(Path socket) {
    try {
      PosixFileAttributes file =
          Files.readAttributes(socket, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      boolean group = file.permissions().contains(PosixFilePermission.GROUP_WRITE);
      return socket
          + " is for user "
          + file.owner().getName()
          + (group ? " and group " + file.group().getName() : " alone");
    } catch (IOException e) {
      return socket + " cannot be looked at: " + StorageReason.of(e);
    }
  }
}

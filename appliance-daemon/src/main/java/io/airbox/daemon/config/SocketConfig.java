package io.airbox.daemon.config;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The local sockets. A socket's file permission is the credential of whoever connects.
 *
 * @param folder where they are made, or null for DATA
 * @param ownerGroup group whose members are owners, or null for the daemon's user alone
 * @param operatorGroup group whose members are operators, or null for no such socket
 * @param userGroup group whose members are users, or null for no such socket
 */
public record SocketConfig(
    @Nullable Path folder,
    @Nullable String ownerGroup,
    @Nullable String operatorGroup,
    @Nullable String userGroup) {

  static SocketConfig read(SettingsReader settings) {
    return new SocketConfig(
        settings.path("socket.dir"),
        settings.group("socket.owner.group"),
        settings.group("socket.operator.group"),
        settings.group("socket.user.group"));
  }
}

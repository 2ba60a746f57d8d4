package io.airbox.daemon.http;

import io.airbox.daemon.access.Role;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A Unix socket on which the API is served. Its file's permission is the credential.
 *
 * @param role of whoever may open it
 * @param group whose members may; null for the daemon's user alone
 */
public record LocalSocket(Path path, Role role, @Nullable String group) {}

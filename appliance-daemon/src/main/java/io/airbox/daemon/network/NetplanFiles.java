package io.airbox.daemon.network;

import io.airbox.helper.HelperClient;
import io.airbox.helper.HelperException;
import io.airbox.netplan.NetplanException;
import io.airbox.netplan.document.NetplanConfiguration;
import io.airbox.netplan.document.NetplanFile;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.util.function.Supplier;

/**
 * Reads netplan's files: as they are where this process may, else, on the machine itself, through
 * the helper, since newer systems keep them from everybody but root.
 */
public final class NetplanFiles implements Supplier<NetplanConfiguration> {
  private static final Path MACHINE = Path.of("/");

  private final Path sysroot;
  private final HelperClient helper;

  /**
   * @param sysroot prefix of every path
   * @param helper reads as root
   */
  public NetplanFiles(Path sysroot, HelperClient helper) {
    this.sysroot = sysroot;
    this.helper = helper;
  }

  /**
   * What the files say now.
   *
   * @throws NetplanException {@code UNREADABLE}: neither this process nor the helper can read them
   */
  @Override
  public NetplanConfiguration get() {
    try {
      return NetplanConfiguration.read(sysroot);
    } catch (NetplanException e) {
      if (!(e.getCause() instanceof AccessDeniedException) || !sysroot.equals(MACHINE)) {
        throw e;
      }
      try {
        return NetplanConfiguration.of(
            helper.networkFiles().entrySet().stream()
                .map(file -> NetplanFile.of(file.getKey(), file.getValue()))
                .toList());
      } catch (HelperException unhelpful) {
        throw new NetplanException(
            NetplanException.Reason.UNREADABLE,
            e.getMessage() + "; nor by root: " + unhelpful.getMessage(),
            unhelpful);
      }
    }
  }
}

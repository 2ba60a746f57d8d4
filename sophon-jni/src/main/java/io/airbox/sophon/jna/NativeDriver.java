package io.airbox.sophon.jna;

import com.sun.jna.ptr.IntByReference;
import com.sun.jna.ptr.PointerByReference;
import io.airbox.sophon.Driver;
import io.airbox.sophon.LibsophonVersion;
import io.airbox.sophon.TpuException;
import io.airbox.sophon.TpuException.Reason;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The driver that calls libbmlib and libbmrt. Loading it is safe; what happens after is the
 * vendor's code, which can end the process: load it in a process that may die.
 */
public final class NativeDriver implements Driver {
  private final Libraries libraries;
  private final Path deviceNodes;

  private NativeDriver(Libraries libraries, Path deviceNodes) {
    this.libraries = libraries;
    this.deviceNodes = deviceNodes;
  }

  /**
   * Loads what {@code opt/sophon/libsophon-current} below {@code root} leads to. Its name tells the
   * release, and the release the binary layout.
   *
   * @param root {@code /}; below another folder, why a device does not open is looked for there too
   * @throws TpuException {@code LIBRARY_MISSING}, {@code PERMISSION_DENIED}, {@code
   *     UNSUPPORTED_VERSION}
   */
  public static NativeDriver load(Path root) {
    return new NativeDriver(Libraries.installed(root), root.resolve("dev"));
  }

  /**
   * Loads the libraries in a folder, as of the vendor's simulator; what they export tells the
   * binary layout.
   *
   * @throws TpuException as {@link #load}
   */
  public static NativeDriver loadFrom(Path folder) {
    return new NativeDriver(Libraries.in(folder, Optional.empty()), Path.of("/dev"));
  }

  @Override
  public String description() {
    return libraries
        .version()
        .map(version -> "libsophon " + version + " at " + libraries.folder())
        .orElseGet(() -> "libsophon at " + libraries.folder());
  }

  @Override
  public Optional<LibsophonVersion> libraryVersion() {
    return libraries.version();
  }

  @Override
  public int deviceCount() {
    IntByReference count = new IntByReference();
    int status = Bmlib.bm_dev_getcount(count);
    if (status != 0) {
      throw explain(
          TpuException.status("bm_dev_getcount", "", status), List.of("bmdev-ctl"), deviceNodes);
    }
    return count.getValue();
  }

  @Override
  public Device open(int index) {
    PointerByReference handle = new PointerByReference();
    int status = Bmlib.bm_dev_request(handle, index);
    if (status != 0 || handle.getValue() == null) {
      throw explain(
          TpuException.status("bm_dev_request", String.valueOf(index), status),
          List.of("bm-sophon" + index, "bm-tpu" + index, "ion", "bm-vpp"),
          deviceNodes);
    }
    return new NativeDevice(libraries, handle.getValue(), index);
  }

  /**
   * The clearer reason for a device that did not open, found in its nodes: the status does not tell
   * a missing driver from a missing right.
   */
  static TpuException explain(TpuException failure, List<String> nodes, Path folder) {
    List<Path> present = nodes.stream().map(folder::resolve).filter(Files::exists).toList();
    if (present.isEmpty()) {
      return failure.because(
          Reason.DEVICE_MISSING,
          failure.getMessage() + " (there is no " + folder.resolve(nodes.get(0)) + ")",
          "is the driver (bmtpu) loaded? lsmod and dmesg tell");
    }
    for (Path node : present) {
      if (!Files.isReadable(node) || !Files.isWritable(node)) {
        return failure.because(
            Reason.PERMISSION_DENIED,
            node + " may not be opened by this user",
            "add the user to the node's group, or see the udev rules");
      }
    }
    return failure.because(
        Reason.DEVICE_UNAVAILABLE, failure.getMessage(), "the kernel log (dmesg) may tell why");
  }
}

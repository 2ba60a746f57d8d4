package io.airbox.netplan.document;

import io.airbox.netplan.NetplanException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A file that netplan reads.
 *
 * @param folder where it lies
 * @param name without folder
 * @param bytes its content
 * @param hidden whether a file of the same name in a later folder is read in its place
 */
@SuppressWarnings("ArrayRecordComponent") // copied in and out; equality is defined below
public record NetplanFile(Folder folder, String name, byte[] bytes, boolean hidden) {
  /** The folders, least important first. */
  public enum Folder {
    LIB("lib/netplan"),
    ETC("etc/netplan"),
    RUN("run/netplan");

    private final String path;

    Folder(String path) {
      this.path = path;
    }

    /** Below the root, without a leading slash. */
    public String path() {
      return path;
    }
  }

  public NetplanFile {
    bytes = bytes.clone();
  }

  /**
   * The file at an absolute path; whether it is hidden is for {@link NetplanConfiguration#of} to
   * say.
   *
   * @param path as {@link #path()} gives it
   * @throws NetplanException {@code INVALID_VALUE} when netplan reads no files there
   */
  public static NetplanFile of(String path, byte[] bytes) {
    int slash = path.lastIndexOf('/');
    for (Folder folder : Folder.values()) {
      if (slash > 0 && path.substring(1, slash).equals(folder.path()) && path.startsWith("/")) {
        return new NetplanFile(folder, path.substring(slash + 1), bytes, false);
      }
    }
    throw NetplanException.invalid(
        "path", NetplanException.quoted(path) + " is not in a folder that netplan reads");
  }

  @Override
  public byte[] bytes() {
    return bytes.clone();
  }

  /** As {@code /etc/netplan/01-netcfg.yaml}. */
  public String path() {
    return "/" + folder.path() + "/" + name;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof NetplanFile file
        && folder == file.folder
        && name.equals(file.name)
        && hidden == file.hidden
        && Arrays.equals(bytes, file.bytes);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * folder.hashCode() + name.hashCode()) + Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return path() + (hidden ? " (hidden)" : "");
  }
}

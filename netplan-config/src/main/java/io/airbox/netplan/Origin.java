package io.airbox.netplan;

/**
 * Where a value stands.
 *
 * @param file the file's name without its folder, as {@code 01-netcfg.yaml}
 * @param line 1 or more; 0 when only the file is known
 * @param column 1 or more, in characters; 0 when only the file or line is known
 */
public record Origin(String file, int line, int column) {
  @Override
  public String toString() {
    return line == 0 ? file : file + ":" + line + ":" + column;
  }
}

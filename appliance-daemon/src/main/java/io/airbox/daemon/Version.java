package io.airbox.daemon;

/** The version of this program. */
public final class Version {
  private Version() {}

  /** Such as {@code 0.1.0}; {@code development} when run from classes. */
  public static String current() {
    String version = Version.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }
}

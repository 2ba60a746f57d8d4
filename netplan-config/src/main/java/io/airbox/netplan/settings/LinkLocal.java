package io.airbox.netplan.settings;

/** The families for which a port gives itself a link-local address. */
public enum LinkLocal {
  NONE(false, false),
  IPV4(true, false),
  /** netplan's default. */
  IPV6(false, true),
  BOTH(true, true);

  private final boolean v4;
  private final boolean v6;

  LinkLocal(boolean v4, boolean v6) {
    this.v4 = v4;
    this.v6 = v6;
  }

  public boolean v4() {
    return v4;
  }

  public boolean v6() {
    return v6;
  }

  public static LinkLocal of(boolean v4, boolean v6) {
    return v4 ? (v6 ? BOTH : IPV4) : (v6 ? IPV6 : NONE);
  }
}

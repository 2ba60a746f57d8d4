package io.airbox.helper;

/** The programs that may be run, all of them, each by its absolute path. */
enum Program {
  DATE("/bin/date"),
  HOSTNAMECTL("/usr/bin/hostnamectl"),
  HWCLOCK("/sbin/hwclock"),
  NETPLAN("/usr/sbin/netplan"),
  SYSTEMCTL("/bin/systemctl"),
  SYSTEMD_RUN("/usr/bin/systemd-run"),
  TIMEDATECTL("/usr/bin/timedatectl");

  private final String path;

  Program(String path) {
    this.path = path;
  }

  String path() {
    return path;
  }
}

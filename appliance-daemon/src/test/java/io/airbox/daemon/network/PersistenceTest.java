package io.airbox.daemon.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PersistenceTest {
  private static final String OVERLAY =
      "overlay / overlay rw,lowerdir=/media/root-ro,upperdir=/media/root-rw/overlay,workdir=/w 0 0";

  @TempDir Path root;

  @ParameterizedTest
  @CsvSource({
    "'/dev/vda1 / ext4 rw 0 0',PERSISTENT",
    "'" + OVERLAY + "|/dev/mmcblk0p5 /media/root-rw ext4 rw 0 0',OVERLAY",
    "'tmpfs /media/root-rw tmpfs rw 0 0|" + OVERLAY + "',VOLATILE",
    "'" + OVERLAY + "',OVERLAY",
    "'/dev/vda1 / ext4 rw 0 0|tmpfs /etc tmpfs rw 0 0',VOLATILE",
    "'tmpfs / tmpfs rw 0 0',VOLATILE",
    "'rootfs / rootfs rw 0 0|/dev/vda1 / ext4 rw 0 0|tmpfs /etcetera tmpfs rw 0 0',PERSISTENT",
    "'nonsense',UNKNOWN"
  })
  void tellsWhatBecomesOfSettings(String mounts, Persistence expected) throws Exception {
    Files.createDirectories(root.resolve("proc"));
    Files.writeString(root.resolve("proc/mounts"), mounts.replace('|', '\n') + "\n");

    assertThat(Persistence.of(root)).isEqualTo(expected);
  }

  @Test
  void aTreeWithoutMountsIsUnknown() {
    assertThat(Persistence.of(root)).isEqualTo(Persistence.UNKNOWN);
  }

  @Test
  void versionsAreThoseOfInstalledPackages() throws Exception {
    Files.createDirectories(root.resolve("var/lib/dpkg"));
    Files.writeString(
        root.resolve("var/lib/dpkg/status"),
        """
        Package: netplan
        Status: install ok installed
        Version: 9

        Package: netplan.io
        Status: install ok installed
        Depends: x
        Version: 0.99-0ubuntu3

        Package: systemd
        Status: deinstall ok config-files
        Version: 245
        """);

    assertThat(InstalledVersions.of(root, Set.of("netplan.io", "systemd")))
        .isEqualTo(Map.of("netplan.io", "0.99-0ubuntu3"));
    assertThat(InstalledVersions.of(root.resolve("none"), Set.of("systemd"))).isEmpty();
  }
}

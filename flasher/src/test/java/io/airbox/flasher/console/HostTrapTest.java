package io.airbox.flasher.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostTrapTest {
  @TempDir Path root;

  private Path file(String path, String content) throws IOException {
    Path file = root.resolve(path);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, content);
  }

  @Test
  void brlttyIsFoundByARuleThatIsInForce() throws IOException {
    String rule = "usr/lib/udev/rules.d/85-brltty.rules";
    file(rule, "# ENV{PRODUCT}==\"10c4/ea60/*\"\nENV{PRODUCT}==\"403/de58/*\"\n");
    assertThat(HostTrap.lookFor(root, List.of())).as("commented out").isEmpty();

    Path live = file(rule, "ENV{PRODUCT}==\"10C4/EA60/*\", GOTO=\"brltty\"\n");
    List<HostTrap> traps = HostTrap.lookFor(root, List.of());
    assertThat(traps)
        .containsExactly(new HostTrap(HostTrap.Kind.BRLTTY, live.toRealPath().toString()));
    assertThat(traps.get(0).cure()).contains("apt remove brltty");

    file("etc/udev/rules.d/85-brltty.rules", "");
    assertThat(HostTrap.lookFor(root, List.of())).as("masked").isEmpty();
  }

  @Test
  void modemManagerIsFoundByItsProcess() throws IOException {
    file("proc/77/comm", "NetworkManager\n");
    assertThat(HostTrap.lookFor(root, List.of())).isEmpty();
    file("proc/78/comm", "ModemManager\n");
    assertThat(HostTrap.lookFor(root, List.of()).get(0).kind())
        .isEqualTo(HostTrap.Kind.MODEM_MANAGER);
  }

  @Test
  void whoHasAPortIsToldByNameAndProcess() throws IOException {
    Path device = file("dev/ttyUSB0", "");
    file("proc/12/comm", "bash\n");
    Files.createDirectories(root.resolve("proc/12/fd"));
    file("proc/4711/comm", "screen\n");
    Path descriptors = Files.createDirectories(root.resolve("proc/4711/fd"));
    Files.createSymbolicLink(descriptors.resolve("5"), device.toRealPath());
    Path byId = Files.createSymbolicLink(root.resolve("dev/usb-box"), device);
    Path proc = root.resolve("proc");

    assertThat(PortOwner.of(byId, proc, 1)).contains("screen (process 4711)");
    assertThat(PortOwner.of(byId, proc, 4711)).as("it is this process").isEmpty();
    assertThat(PortOwner.of(root.resolve("dev/ttyUSB1"), proc, 1)).isEqualTo(Optional.empty());
  }
}

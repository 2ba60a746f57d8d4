package io.airbox.hwtests.linux;

import io.airbox.hwtests.Checkout;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * A double for a developer to look at; {@code hw-tests/src/linux-double/boot} starts it. Lines on
 * standard input work its switches.
 */
public final class Session {
  private static final String HELP =
      "on | off (power cut) | reset | button | link 0|1 in|out | quit";

  private final LinuxDouble box;

  private Session(LinuxDouble box) {
    this.box = box;
  }

  /** Boots a box, bare or with {@code --appliance}, and obeys until the end of standard input. */
  public static void main(String... arguments) throws IOException {
    boolean withAppliance = List.of(arguments).contains("--appliance");
    Path folder = Checkout.path("hw-tests/target/linux-double/session");
    LinuxImage image = LinuxImage.provide();
    List<Path> disks = withAppliance ? Appliance.disks(image, folder) : List.of();
    LinuxDouble.Options options = new LinuxDouble.Options(1536, 2, disks, Duration.ofDays(1));
    try (Lan lan = Lan.open();
        LinuxDouble box = LinuxDouble.create(options, image, lan, folder)) {
      box.powerOn();
      if (withAppliance) {
        Appliance.install(box.shell()).start();
      }
      System.out.println("console:  screen " + box.serialPort() + "   (linaro/linaro, root/root)");
      System.out.println("its log:  " + box.consoleLog());
      System.out.println("its LAN:  " + lan.howToEnter() + " curl http://" + Lan.BOX + ":8999/");
      System.out.println("switches: " + HELP);
      new Session(box).obey();
    }
  }

  private void obey() throws IOException {
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(System.in, Charset.defaultCharset()));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      switch (line.strip()) {
        case "on" -> box.powerOn();
        case "off" -> box.powerCut();
        case "reset" -> box.reset();
        case "button" -> box.powerButton();
        case "link 0 in" -> box.link(0, true);
        case "link 0 out" -> box.link(0, false);
        case "link 1 in" -> box.link(1, true);
        case "link 1 out" -> box.link(1, false);
        case "quit" -> {
          return;
        }
        default -> System.out.println(HELP);
      }
    }
  }
}

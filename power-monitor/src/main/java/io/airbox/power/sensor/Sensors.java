package io.airbox.power.sensor;

import io.airbox.power.Ticker;
import io.airbox.sophon.facts.TpuFacts;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** All probes of a machine. */
public final class Sensors {
  private Sensors() {}

  /**
   * Those that this machine has use for. On a box the sensors that every box has are told as
   * unknown when they are missing; elsewhere there is only what is there.
   *
   * @param root {@code /}, or the folder of a recorded machine
   * @param ticker for rates
   */
  public static List<Probe> of(Path root, Ticker ticker) {
    SystemFiles files = new SystemFiles(root);
    boolean box = isBox(files);
    List<Probe> probes = new ArrayList<>();
    probes.add(new ThermalZones(files, box));
    if (box) {
      probes.add(new BoardController(files));
      probes.add(new Fan(files));
      probes.add(new Tpu(files));
    }
    probes.add(new Hwmon(files));
    probes.add(new Rapl(files, ticker));
    probes.add(new Processor(files));
    probes.add(new Memory(files));
    probes.add(new Network(files, ticker));
    probes.add(new Disks(files, ticker));
    probes.add(new FlashWear(files));
    probes.add(new FileSystems(files));
    return probes;
  }

  private static boolean isBox(SystemFiles files) {
    return files.exists(TpuFacts.NODE)
        || files.exists(TpuFacts.USE)
        || files.exists(BoardController.FOLDER)
        || files.read(TpuFacts.DEVICE_TREE).stripped().startsWith("bm1684");
  }
}

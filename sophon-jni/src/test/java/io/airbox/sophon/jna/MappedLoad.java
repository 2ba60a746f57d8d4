package io.airbox.sophon.jna;

import java.nio.file.Path;
import java.util.List;

/** The way in which read-only bmodels are loaded, for a user who may write every file. */
public final class MappedLoad {
  private MappedLoad() {}

  /** Loads a bmodel from its mapped pages and returns its networks; none when it does not load. */
  public static List<String> networks(NativeDriver driver, Path bmodel) {
    var device = driver.open(0);
    try {
      NativeRuntime runtime = (NativeRuntime) device.createRuntime();
      try {
        return runtime.loadMapped(bmodel) ? runtime.networks() : List.of();
      } finally {
        runtime.destroy();
      }
    } finally {
      device.close();
    }
  }
}

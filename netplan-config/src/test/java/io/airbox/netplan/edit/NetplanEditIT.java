package io.airbox.netplan.edit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.airbox.netplan.check.Finding;
import io.airbox.netplan.document.NetplanConfiguration;
import io.airbox.netplan.document.NetplanFile;
import io.airbox.netplan.document.NetplanFile.Folder;
import io.airbox.netplan.plan.NetplanGenerate;
import io.airbox.netplan.settings.NetworkSettings;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/**
 * Whatever settings there are, netplan takes what is written of them, and the way back is exact.
 */
final class NetplanEditIT {
  private static final NetplanGenerate NETPLAN = NetplanGenerate.installed();

  private static NetplanConfiguration edited(NetplanConfiguration now, NetworkSettings wanted) {
    return NetplanConfiguration.of(NetplanEdit.after(now.files(), NetplanEdit.edit(now, wanted)));
  }

  private static NetplanFile file(String text) {
    return new NetplanFile(Folder.ETC, "01-netcfg.yaml", text.getBytes(UTF_8), false);
  }

  private static void netplanTakes(NetplanConfiguration configuration) {
    Map<String, byte[]> tree = new TreeMap<>();
    configuration.files().forEach(file -> tree.put(file.path().substring(1), file.bytes()));
    NetplanGenerate.Result result = NETPLAN.run(tree);
    assertThat(result.exitCode()).as("%s of %s", result.findings(), text(configuration)).isZero();
    assertThat(result.findings()).as(text(configuration)).isEmpty();
    assertThat(configuration.findings()).filteredOn(Finding::isError).isEmpty();
  }

  private static String text(NetplanConfiguration configuration) {
    StringBuilder out = new StringBuilder();
    configuration.files().forEach(file -> out.append(new String(file.bytes(), UTF_8)));
    return out.toString();
  }

  @Property(tries = 100)
  void netplanTakesAllSettingsAndTheyReadBackEqual(@ForAll long seed) {
    NetworkSettings wanted = new AnySettings(seed).next();
    NetplanConfiguration none = NetplanConfiguration.of(List.of());
    NetplanConfiguration then = edited(none, wanted);
    netplanTakes(then);
    assertThat(then.settings()).isEqualTo(wanted);
    assertThat(edited(then, NetworkSettings.EMPTY).files()).isEmpty();
  }

  @Property(tries = 100)
  void everyEditOfEverySpellingCanBeUndone(@ForAll long seed) {
    AnySettings any = new AnySettings(seed);
    NetworkSettings first = any.next();
    String text = new OddHand(seed).write(first);
    NetplanConfiguration now = NetplanConfiguration.of(List.of(file(text)));
    assertThat(now.settings()).as(text).isEqualTo(first);
    NetworkSettings second = any.next();
    NetplanConfiguration then = edited(now, second);
    netplanTakes(then);
    String forgotten = WayBack.body(text(then));
    NetplanConfiguration without = NetplanConfiguration.of(List.of(file(forgotten)));
    assertThat(edited(without, first).settings().interfaces().keySet())
        .as(forgotten)
        .isEqualTo(first.interfaces().keySet());
    NetplanConfiguration third = edited(then, any.next());
    assertThat(text(edited(third, first))).isEqualTo(text);
  }
}

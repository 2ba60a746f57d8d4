package io.airbox.netplan.edit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.airbox.netplan.NetplanException;
import io.airbox.netplan.document.NetplanConfiguration;
import io.airbox.netplan.document.NetplanFile;
import io.airbox.netplan.document.NetplanFile.Folder;
import io.airbox.netplan.preset.Preset;
import io.airbox.netplan.settings.NetworkSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Whatever files say, an edit reaches what is wanted or is refused. */
final class EditFuzzIT {
  private static final String[] SCRAPS = {
    "\n",
    "  ",
    "- ",
    ": ",
    "{",
    "}",
    "[",
    "]",
    "&a ",
    "*a",
    "#",
    "#airbox|",
    "'",
    "\"",
    "? ",
    "|\n",
    "eth0:",
    "dhcp4: ",
    "addresses: ",
    "\r\n",
    "!!str ",
    "---\n",
    ", ",
    "~",
    "no",
    "bonds:\n",
    "#airbox: 3+1 0123456789ab\n",
    "#airbox: 99999+0 0123456789ab\n",
    "\t",
    "é"
  };

  @Property(tries = 200)
  void neverBreaks(@ForAll long seed) {
    Random random = new Random(seed);
    NetworkSettings settings = new AnySettings(seed).next();
    StringBuilder text = new StringBuilder(new OddHand(seed).write(settings));
    if (random.nextBoolean()) {
      String memory = WayBack.attach(text.toString(), new OddHand(seed + 1).write(settings), "\n");
      text.setLength(0);
      text.append(memory);
    }
    for (int i = random.nextInt(6); i > 0; i--) {
      int at = random.nextInt(text.length() + 1);
      if (random.nextBoolean()) {
        text.insert(at, SCRAPS[random.nextInt(SCRAPS.length)]);
      } else {
        text.delete(at, Math.min(text.length(), at + random.nextInt(12)));
      }
    }
    List<NetplanFile> files =
        List.of(
            new NetplanFile(Folder.ETC, "01-netcfg.yaml", text.toString().getBytes(UTF_8), false));
    NetplanConfiguration now = NetplanConfiguration.of(files);
    Preset preset =
        List.of(Preset.FACTORY_DEFAULT, Preset.BOTH_DHCP, Preset.BOND_802_3AD, Preset.DIRECT_CABLE)
            .get(random.nextInt(4));
    try {
      NetworkSettings wanted = preset.settings(now.settings(), Map.of());
      Map<String, Optional<byte[]>> changes = NetplanEdit.edit(now, wanted);
      assertThat(NetplanConfiguration.of(NetplanEdit.after(files, changes)).settings().interfaces())
          .containsOnlyKeys(wanted.interfaces().keySet());
    } catch (NetplanException refused) {
      assertThat(refused.getMessage()).isNotBlank();
    }
  }

  @Property(tries = 80)
  void findsItsWayThroughSeveralFilesAndBack(@ForAll long seed) {
    AnySettings any = new AnySettings(seed);
    Random random = new Random(~seed);
    List<NetplanFile> files = new ArrayList<>();
    files.add(file(random.nextBoolean() ? Folder.LIB : Folder.ETC, "10-a.yaml", any.next(), seed));
    for (String name : List.of("20-b.yaml", "30-c.yaml")) {
      NetworkSettings more = any.next();
      files.add(
          file(
              Folder.ETC,
              name,
              new NetworkSettings(more.ethernets(), Map.of(), List.of()),
              seed + files.size()));
    }
    NetplanConfiguration now = NetplanConfiguration.of(files);
    NetplanConfiguration then = edited(now, any.next());
    NetplanConfiguration back = edited(edited(then, any.next()), now.settings());
    assertThat(back.files()).isEqualTo(now.files());
  }

  /** An edit reaches what it is asked for, or fails. */
  private static NetplanConfiguration edited(NetplanConfiguration now, NetworkSettings wanted) {
    return NetplanConfiguration.of(NetplanEdit.after(now.files(), NetplanEdit.edit(now, wanted)));
  }

  private static NetplanFile file(Folder folder, String name, NetworkSettings settings, long seed) {
    return new NetplanFile(folder, name, new OddHand(seed).write(settings).getBytes(UTF_8), false);
  }
}

package io.airbox.daemon.cli;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What {@code airbox models} does with packs that are installed by signed release. */
final class InstalledModels {
  private InstalledModels() {}

  static int install(
      ModelDeskOptions which, Output output, String place, LetGo letGo, boolean detach)
      throws IOException, InterruptedException {
    String from = place(which, place);
    try (ModelDesk desk = which.open(output)) {
      if (detach && !(desk instanceof DaemonModels)) {
        throw new CommandFailure(
            ExitCodes.USAGE, "--detach needs a daemon that goes on; start it with `airbox run`");
      }
      JsonObject begun = desk.install(from, letGo.name().toLowerCase(Locale.ROOT));
      String name = begun.getString("pack") + " " + begun.getString("version");
      if (begun.getBoolean("installed")) {
        output.print(begun, () -> name + " is installed already");
        return ExitCodes.DONE;
      }
      if (detach) {
        output.print(
            begun, () -> name + " is under way; `airbox models history` tells how it goes");
        return ExitCodes.DONE;
      }
      JsonObject end = new InstallWatch(desk, output).end(begun);
      if (!end.getString("outcome").equals("installed")) {
        if (output.json()) {
          output.print(end, () -> "");
        }
        throw new CommandFailure(ExitCodes.FAILED, Table.harmless(failure(name, end)));
      }
      output.print(end, () -> name + " is installed");
      return ExitCodes.DONE;
    }
  }

  private static String failure(String name, JsonObject end) {
    String why = end.getString("why");
    return switch (end.getString("outcome")) {
      case "taken_back" -> name + " is taken back, and what answered before goes on: " + why;
      case "cancelled" -> name + " was called off";
      default -> name + " is refused: " + why;
    };
  }

  /** A path is this machine's, whatever folder the daemon runs in. */
  private static String place(ModelDeskOptions which, String place) {
    if (place.startsWith("https://") || place.startsWith("http://")) {
      return place;
    }
    if (which.elsewhere()) {
      throw new CommandFailure(
          ExitCodes.USAGE,
          "a box elsewhere cannot read this machine's files; name an address: " + place);
    }
    Path path = Path.of(place).toAbsolutePath().normalize();
    if (!Files.exists(path)) {
      throw new CommandFailure(ExitCodes.USAGE, "there is no file or folder " + path);
    }
    return path.toString();
  }

  static int cancel(ModelDeskOptions which, Output output) throws IOException {
    try (ModelDesk desk = which.open(output)) {
      desk.cancel();
      output.print(new JsonObject().put("cancelled", true), () -> "called off");
      return ExitCodes.DONE;
    }
  }

  static int slots(ModelDeskOptions which, Output output) throws IOException {
    try (ModelDesk desk = which.open(output)) {
      JsonObject slots = desk.slots();
      output.print(slots, () -> table(objects(slots, "packs")));
      if (objects(slots, "packs").isEmpty()) {
        output.say("no pack was installed by release");
      }
      return ExitCodes.DONE;
    }
  }

  private static String table(List<JsonObject> packs) {
    Table table = new Table();
    for (JsonObject pack : packs) {
      row(table, pack, "current");
      row(table, pack, "previous");
    }
    return table.toString();
  }

  private static void row(Table table, JsonObject pack, String name) {
    JsonObject slot = pack.getJsonObject(name);
    if (slot != null) {
      table.row(
          pack.getString("name"),
          name,
          slot.getString("version"),
          FlashText.size(slot.getLong("bytes")),
          text(slot.getString("licence")),
          slot.getString("authority"),
          slot.getBoolean("present")
              ? slot.getString("place")
              : "let go; from " + slot.getString("place"));
    }
  }

  private static String text(@Nullable String text) {
    return text == null ? "-" : text;
  }

  static int history(ModelDeskOptions which, Output output) throws IOException {
    try (ModelDesk desk = which.open(output)) {
      JsonObject updates = desk.updates();
      output.print(
          updates,
          () -> {
            Table table = new Table();
            for (JsonObject entry : objects(updates, "history")) {
              table.row(
                  entry.getString("at"),
                  entry.getString("pack"),
                  entry.getString("version"),
                  entry.getString("outcome").replace('_', ' '),
                  entry.getString("why") == null ? "" : entry.getString("why"));
            }
            return table.toString();
          });
      JsonObject underWay = updates.getJsonObject("under_way");
      if (underWay != null) {
        output.say(
            Table.harmless(
                underWay.getString("pack")
                    + " "
                    + underWay.getString("version")
                    + " is under way: "
                    + underWay.getString("phase")
                    + ", "
                    + InstallWatch.text(underWay)));
      }
      return ExitCodes.DONE;
    }
  }

  static int rollBack(ModelDeskOptions which, Output output, String pack) throws IOException {
    try (ModelDesk desk = which.open(output)) {
      JsonObject now = desk.rollBack(pack);
      output.print(now, () -> pack + " is " + now.getString("version") + " again");
      return ExitCodes.DONE;
    }
  }

  static int remove(ModelDeskOptions which, Output output, String pack)
      throws IOException, InterruptedException {
    try (ModelDesk desk = which.open(output)) {
      desk.remove(pack);
      output.print(new JsonObject().put("removed", pack), () -> "removed " + pack);
      return ExitCodes.DONE;
    }
  }

  /** Whom a box trusts is said by whoever is at it. */
  private static void requirePresence(ModelDeskOptions which) {
    if (which.elsewhere()) {
      throw new CommandFailure(
          ExitCodes.USAGE, "whose releases are taken is said on the box itself, without --host");
    }
  }

  static int trust(ModelDeskOptions which, Output output, byte[] document) throws IOException {
    requirePresence(which);
    try (ModelDesk desk = which.open(output)) {
      JsonObject keys = desk.trust(document);
      output.print(
          keys,
          () ->
              "releases of "
                  + keys.getString("authority")
                  + " are taken, by its keys of version "
                  + keys.getLong("version"));
      return ExitCodes.DONE;
    }
  }

  static int trusted(ModelDeskOptions which, Output output) throws IOException {
    try (ModelDesk desk = which.open(output)) {
      JsonObject all = desk.authorities();
      output.print(
          all,
          () -> {
            Table table = new Table();
            for (JsonObject each : objects(all, "authorities")) {
              table.row(
                  each.getString("authority"),
                  "version " + each.getLong("version"),
                  "until " + each.getString("expires"),
                  each.getBoolean("built_in") ? "came with the software" : "added here");
            }
            return table.toString();
          });
      if (objects(all, "authorities").isEmpty()) {
        output.say("nobody's releases are taken yet; `airbox models keys trust FILE` adds one");
      }
      return ExitCodes.DONE;
    }
  }

  static int distrust(ModelDeskOptions which, Output output, String authority) throws IOException {
    requirePresence(which);
    try (ModelDesk desk = which.open(output)) {
      desk.distrust(authority);
      output.print(
          new JsonObject().put("distrusted", authority),
          () -> "releases of " + authority + " are not taken any more");
      return ExitCodes.DONE;
    }
  }

  private static List<JsonObject> objects(JsonObject document, String name) {
    return document.getJsonArray(name).stream().map(JsonObject.class::cast).toList();
  }
}

package io.airbox.daemon.network;

import io.airbox.daemon.network.LiveInterface.Lease;
import io.airbox.daemon.network.LiveInterface.LiveAddress;
import io.airbox.daemon.network.LiveInterface.LiveBond;
import io.airbox.daemon.network.LiveNetwork.LiveRoute;
import io.airbox.netplan.Origin;
import io.airbox.netplan.apply.Transaction;
import io.airbox.netplan.check.Finding;
import io.airbox.netplan.document.NetplanConfiguration;
import io.airbox.netplan.plan.NetworkPlan;
import io.airbox.netplan.preset.Preset;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** The network as the API and {@code airbox net --json} write it. What is not known is null. */
public final class NetworkJson {
  private static final String INTERFACE = "interface";

  private NetworkJson() {}

  /** What is live. */
  static JsonObject live(LiveNetwork.Snapshot live) {
    JsonArray interfaces = new JsonArray();
    live.interfaces().forEach(each -> interfaces.add(write(each)));
    JsonArray routes = new JsonArray();
    for (LiveRoute route : live.routes()) {
      routes.add(
          new JsonObject()
              .put("to", route.to())
              .put("via", route.via())
              .put(INTERFACE, route.network())
              .put("metric", number(route.metric()))
              .put("source", route.source()));
    }
    return new JsonObject()
        .put("interfaces", interfaces)
        .put("routes", live.addressesKnown() ? routes : null)
        .put("nameservers", new JsonArray(live.nameServers()))
        .put("search", new JsonArray(live.searchDomains()));
  }

  private static JsonObject write(LiveInterface each) {
    JsonArray addresses = new JsonArray();
    for (LiveAddress address : each.addresses()) {
      addresses.add(
          new JsonObject()
              .put("address", address.address() + "/" + address.prefix())
              .put("dynamic", address.dynamic())
              .put("scope", address.scope())
              .put("seconds", number(address.seconds())));
    }
    return new JsonObject()
        .put("name", each.name())
        .put("kind", LiveNetwork.id(each.kind()))
        .put("mac", each.mac())
        .put("up", each.up().orElse(null))
        .put("carrier", each.carrier().orElse(null))
        .put("speed", number(each.speed()))
        .put("duplex", each.duplex())
        .put("mtu", number(each.mtu()))
        .put("master", each.master())
        .put("addresses", addresses)
        .put("lease", each.lease().map(NetworkJson::write).orElse(null))
        .put("bond", each.bond().map(NetworkJson::write).orElse(null));
  }

  private static JsonObject write(Lease lease) {
    return new JsonObject()
        .put("address", lease.address())
        .put("server", lease.server())
        .put("routers", new JsonArray(lease.routers()))
        .put("nameservers", new JsonArray(lease.nameServers()))
        .put("ntp", new JsonArray(lease.timeServers()))
        .put("domain", lease.domain())
        .put("seconds", number(lease.seconds()));
  }

  private static JsonObject write(LiveBond bond) {
    JsonArray members = new JsonArray();
    for (LiveInterface.Member member : bond.members()) {
      members.add(
          new JsonObject()
              .put("name", member.name())
              .put("link", member.link().orElse(null))
              .put("speed", number(member.speed()))
              .put("duplex", member.duplex())
              .put("failures", number(member.failures()))
              .put("aggregator", number(member.aggregator()))
              .put("bundled", member.bundled().orElse(null)));
    }
    return new JsonObject()
        .put("mode", bond.mode())
        .put("monitor_ms", number(bond.monitorMillis()))
        .put("active", bond.active())
        .put("hash_policy", bond.hashPolicy())
        .put("lacp_rate", bond.lacpRate())
        .put("partner", bond.partner())
        .put("members", members);
  }

  /** What the files say. */
  static JsonObject configuration(NetplanConfiguration configuration) {
    JsonObject origins = new JsonObject();
    configuration.origins().forEach((path, origin) -> origins.put(path, String.valueOf(origin)));
    JsonArray files = new JsonArray();
    configuration
        .files()
        .forEach(
            file ->
                files.add(new JsonObject().put("path", file.path()).put("hidden", file.hidden())));
    return new JsonObject()
        .put("settings", SettingsJson.write(configuration.settings()))
        .put("others", SettingsJson.others(configuration.settings()))
        .put("origins", origins)
        .put("files", files)
        .put("findings", findings(configuration.findings()));
  }

  /** Findings in their order. */
  public static JsonArray findings(Collection<Finding> findings) {
    JsonArray array = new JsonArray();
    for (Finding finding : findings) {
      Origin origin = finding.origin();
      array.add(
          new JsonObject()
              .put("severity", finding.severity().name().toLowerCase(Locale.ROOT))
              .put("code", finding.code())
              .put("path", finding.path())
              .put("file", origin == null ? null : origin.file())
              .put("line", origin == null || origin.line() == 0 ? null : origin.line())
              .put("column", origin == null || origin.column() == 0 ? null : origin.column())
              .put("message", finding.message())
              .put("advice", finding.advice()));
    }
    return array;
  }

  /** A plan. Nothing has been touched. */
  public static JsonObject plan(NetworkPlan plan) {
    JsonArray files = new JsonArray();
    plan.files()
        .forEach(
            (name, change) ->
                files.add(
                    new JsonObject()
                        .put("name", name)
                        .put(
                            "change",
                            change.before() == null
                                ? "new"
                                : change.after() == null ? "deleted" : "changed")));
    JsonArray consequences = new JsonArray();
    plan.consequences()
        .forEach(
            each ->
                consequences.add(
                    new JsonObject()
                        .put("code", each.code())
                        .put(INTERFACE, each.interfaceId())
                        .put("text", each.text())));
    JsonObject addresses = new JsonObject();
    plan.addresses().forEach((id, list) -> addresses.put(id, new JsonArray(list)));
    JsonArray editors = new JsonArray();
    plan.editors()
        .forEach(
            each ->
                editors.add(
                    new JsonObject()
                        .put("program", each.program())
                        .put("files", each.files())
                        .put("evidence", each.evidence())
                        .put("advice", each.advice())));
    return new JsonObject()
        .put("id", plan.id())
        .put("changes", plan.changesAnything())
        .put("files", files)
        .put("after", SettingsJson.write(plan.after()))
        .put("yaml_diff", plan.yamlDiff())
        .put("generated_diff", plan.generatedDiff())
        .put("findings", findings(plan.findings()))
        .put("consequences", consequences)
        .put("addresses", addresses)
        .put("urls", texts(plan.urls()))
        .put("links_to_delete", new JsonArray(plan.linksToDelete()))
        .put("editors", editors);
  }

  /** A change and how far it is. */
  public static JsonObject transaction(Transaction transaction) {
    return new JsonObject()
        .put("id", transaction.id())
        .put("plan", transaction.plan())
        .put("actor", transaction.actor())
        .put("state", transaction.state().name().toLowerCase(Locale.ROOT))
        .put("reason", transaction.reason().isEmpty() ? null : transaction.reason())
        .put("started", time(transaction.started()))
        .put("ended", transaction.state().isEnd() ? time(transaction.ended()) : null)
        .put("window_seconds", transaction.window().toSeconds())
        .put("deadline", time(transaction.deadline()))
        .put("left_seconds", transaction.left().toSeconds())
        .put("urls", new JsonArray(transaction.urls()))
        .put("diff", transaction.diff());
  }

  /** Whether the network works. */
  public static JsonObject check(NetworkCheck check) {
    JsonArray ways = new JsonArray();
    for (NetworkCheck.Way way : check.ways()) {
      JsonArray addresses = new JsonArray();
      way.addresses()
          .forEach(
              each ->
                  addresses.add(
                      new JsonObject()
                          .put("address", each.address())
                          .put("leased", each.leased())
                          .put("asked_seconds", number(each.asked()))));
      ways.add(
          new JsonObject()
              .put(INTERFACE, way.name())
              .put("carrier", way.carrier().orElse(null))
              .put("addresses", addresses));
    }
    return new JsonObject()
        .put("passed", check.passed())
        .put("ways", ways)
        .put("gateways", peers(check.gateways()))
        .put("nameservers", peers(check.nameServers()));
  }

  private static JsonArray peers(List<NetworkCheck.Peer> peers) {
    JsonArray array = new JsonArray();
    for (NetworkCheck.Peer peer : peers) {
      array.add(
          new JsonObject()
              .put("address", peer.address())
              .put(INTERFACE, peer.network().isEmpty() ? null : peer.network())
              .put("answers", peer.answers().orElse(null)));
    }
    return array;
  }

  /** All presets. */
  public static JsonObject presets() {
    JsonArray presets = new JsonArray();
    for (Preset preset : Preset.values()) {
      JsonArray fields = new JsonArray();
      preset
          .fields()
          .forEach(
              field ->
                  fields.add(
                      new JsonObject()
                          .put("name", field.name())
                          .put("form", field.form().name().toLowerCase(Locale.ROOT))
                          .put("required", field.required())
                          .put("default", field.preset())
                          .put("description", field.description())));
      presets.add(
          new JsonObject()
              .put("id", preset.id())
              .put("title", preset.title())
              .put("fields", fields)
              .put("switch", preset.switchSetup()));
    }
    return new JsonObject().put("presets", presets);
  }

  static JsonArray texts(List<?> values) {
    return new JsonArray(values.stream().map(String::valueOf).toList());
  }

  private static @Nullable Integer number(OptionalInt value) {
    return value.isPresent() ? Integer.valueOf(value.getAsInt()) : null;
  }

  private static @Nullable Long number(OptionalLong value) {
    return value.isPresent() ? Long.valueOf(value.getAsLong()) : null;
  }

  private static String time(Instant time) {
    return time.truncatedTo(ChronoUnit.MILLIS).toString();
  }
}
